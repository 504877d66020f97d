import { describe, expect, it } from 'vitest';
import { addIpEntries, parseIpList } from '../../src/plan/ip-list.ts';

describe('parseIpList', () => {
  const list = parseIpList('192.0.2.1, 10.0.0.0/8 # ours\n2001:db8::/32,::1');

  it('accepts addresses and networks of both families', () => {
    for (const address of ['192.0.2.1', '10.255.0.1', '2001:db8:ffff::1', '::1'])
      expect(list.has(address), address).toBe(true);
  });

  it('accepts an IPv4 address that is written as IPv6', () => {
    for (const address of ['::ffff:192.0.2.1', '::FFFF:c000:201']) expect(list.has(address), address).toBe(true);
  });

  it('matches nothing else', () => {
    for (const text of ['192.0.2.2', '2001:db9::1', '::1%eth0', '::1%', '', 'localhost']) {
      expect(list.has(text), text).toBe(false);
    }
  });

  it('gives the same results for any number of look-ups, and again after an entry', () => {
    const one = parseIpList('10.0.0.0/16');
    const asked = Array.from({ length: 600 }, (_, n) => `10.${n % 2}.${n >> 8}.${n & 255}`);
    for (const _ of [1, 2]) {
      expect(asked.filter((text) => one.has(text))).toStrictEqual(asked.filter((text) => text.startsWith('10.0.')));
    }
    addIpEntries(one, '10.1.0.0/16');
    expect(asked.every((text) => one.has(text))).toBe(true);
  });

  it('distinguishes the families', () => {
    expect(parseIpList('::/0').has('192.0.2.1')).toBe(false);
    expect(parseIpList('0.0.0.0/0').has('::1')).toBe(false);
  });

  const mapped: readonly (readonly [entry: string, held: readonly string[], others: readonly string[]])[] = [
    [
      '::ffff:10.0.0.0/104',
      ['10.1.1.1', '::ffff:10.1.1.1', '::ffff:0a01:0101'],
      ['11.1.1.1', '::ffff:11.1.1.1', '::10.1.1.1'],
    ],
    ['::ffff:0a00:0/104', ['10.1.1.1', '::FFFF:10.255.255.255'], ['9.255.255.255']],
    ['::ffff:192.0.2.1', ['192.0.2.1', '::ffff:192.0.2.1', '0:0:0:0:0:ffff:c000:0201'], ['192.0.2.2']],
    ['0:0:0:0:0:FFFF:192.0.2.0/127', ['192.0.2.1'], ['192.0.2.2']],
    ['::ffff:0:0/96', ['0.0.0.0', '255.255.255.255', '::ffff:1.2.3.4'], ['::1', '::fffe:1.2.3.4']],
    ['10.0.0.0/8', ['10.1.1.1', '::ffff:10.1.1.1', '::ffff:a01:101'], ['::10.1.1.1', '::fffe:10.1.1.1']],
    ['::/0', ['::1', '::ffff:10.1.1.1'], ['10.1.1.1']],
    ['::ffff:10.0.0.0/95', ['::ffff:10.1.1.1'], ['10.1.1.1']],
    ['::10.0.0.0/104', ['::10.1.1.1'], ['10.1.1.1', '::ffff:10.1.1.1']],
    ['64:ff9b::10.0.0.0/104', ['64:ff9b::10.1.1.1'], ['10.1.1.1']],
  ];
  for (const [entry, held, others] of mapped) {
    it(`matches what ${entry} means, however it is written`, () => {
      const one = parseIpList(entry);
      expect(held.filter((text) => !one.has(text))).toStrictEqual([]);
      expect(others.filter((text) => one.has(text))).toStrictEqual([]);
    });
  }

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
