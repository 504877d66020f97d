import { describe, expect, it } from 'vitest';
import { excerptBytesMax, excerptOf } from '../../src/explain/excerpt.ts';

const long = Buffer.alloc(10_000, 'x');
long.write('HERE', 7_000);

describe('excerptOf', () => {
  it('keeps a short value whole', () => {
    expect(excerptOf({ bytes: Buffer.from('abc\xff', 'latin1') })).toStrictEqual({
      text: 'abc\xff',
      offset: 0,
      length: 4,
    });
  });

  it('keeps the beginning of a long one', () => {
    const { text, offset, length } = excerptOf({ bytes: long });
    expect([text.length, offset, length]).toStrictEqual([excerptBytesMax, 0, 10_000]);
  });

  it('keeps what is around a place', () => {
    const { text, offset } = excerptOf({ bytes: long, around: { from: 7_000, to: 7_004 } });
    expect(text.length).toBe(excerptBytesMax);
    expect(text.indexOf('HERE')).toBe(7_000 - (offset ?? 0));
  });

  it('stays inside the value', () => {
    for (const from of [0, 9_999, 20_000]) {
      const { text, offset } = excerptOf({ bytes: long, around: { from, to: from + 1 } });
      expect(text.length).toBe(excerptBytesMax);
      expect(offset !== undefined && offset >= 0 && offset + text.length <= long.length).toBe(true);
    }
  });

  it('reports the length of the value that these bytes begin', () => {
    expect(excerptOf({ bytes: Buffer.from('abc'), length: 99 }).length).toBe(99);
  });
});
