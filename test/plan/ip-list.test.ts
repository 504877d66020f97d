import { describe, expect, it } from 'vitest';
import { parseIpList } from '../../src/plan/ip-list.ts';

describe('parseIpList', () => {
  const list = parseIpList('192.0.2.1, 10.0.0.0/8 # ours\n2001:db8::/32,::1');

  it('takes addresses and networks of both families', () => {
    for (const address of ['192.0.2.1', '10.255.0.1', '2001:db8:ffff::1', '::1'])
      expect(list.has(address), address).toBe(true);
  });

  it('takes an IPv4 address that is written as IPv6', () => {
    for (const address of ['::ffff:192.0.2.1', '::FFFF:c000:201']) expect(list.has(address), address).toBe(true);
  });

  it('matches nothing else', () => {
    for (const text of ['192.0.2.2', '2001:db9::1', '::1%eth0', '::1%', '', 'localhost']) {
      expect(list.has(text), text).toBe(false);
    }
  });

  it('keeps the families apart', () => {
    expect(parseIpList('::/0').has('192.0.2.1')).toBe(false);
    expect(parseIpList('0.0.0.0/0').has('::1')).toBe(false);
  });

  for (const wrong of ['10.0.0.0/33', '10.0.0', '::1/129', '10.0.0.0/8/8', 'localhost', '1.2.3.4/-1', 'fe80::1%eth0']) {
    it(`refuses ${wrong}`, () => {
      expect(() => parseIpList(wrong)).toThrow(
        expect.objectContaining({
          code: 'seclang.syntax',
          message: expect.stringMatching(new RegExp(wrong.replaceAll('.', '\\.'))),
        }),
      );
    });
  }
});
