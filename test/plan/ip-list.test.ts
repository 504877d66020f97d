import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseIpList } from '../../src/plan/ip-list.ts';

describe('parseIpList', () => {
  const list = parseIpList('192.0.2.1, 10.0.0.0/8 # ours\n2001:db8::/32,::1');

  it('takes addresses and networks of both families', () => {
    for (const address of ['192.0.2.1', '10.255.0.1']) assert.ok(list.check(address, 'ipv4'), address);
    for (const address of ['2001:db8:ffff::1', '::1']) assert.ok(list.check(address, 'ipv6'), address);
  });

  it('matches nothing else', () => {
    assert.ok(!list.check('192.0.2.2', 'ipv4'));
    assert.ok(!list.check('2001:db9::1', 'ipv6'));
  });

  for (const wrong of ['10.0.0.0/33', '10.0.0', '::1/129', '10.0.0.0/8/8', 'localhost', '1.2.3.4/-1']) {
    it(`refuses ${wrong}`, () => {
      assert.throws(() => parseIpList(wrong), {
        code: 'seclang.syntax',
        message: new RegExp(wrong.replaceAll('.', '\\.')),
      });
    });
  }
});
