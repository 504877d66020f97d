import { describe, expect, it } from 'vitest';
import { writeUtf8 } from '../../src/http/utf8.ts';

function utf8Of(codePoint: number): Buffer {
  const bytes: number[] = [];
  writeUtf8(codePoint, { byte: (value) => bytes.push(value) });
  return Buffer.from(bytes);
}

describe('writeUtf8', () => {
  it('agrees with TextEncoder at and around each length', () => {
    for (const codePoint of [0, 0x41, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff]) {
      expect(utf8Of(codePoint), codePoint.toString(16)).toStrictEqual(Buffer.from(String.fromCodePoint(codePoint)));
    }
  });

  it('writes surrogates as three bytes', () => {
    expect(utf8Of(0xd800).toString('hex')).toBe('eda080');
    expect(utf8Of(0xdfff).toString('hex')).toBe('edbfbf');
  });
});
