import { describe, expect, it } from 'vitest';
import {
  asView,
  byteSet,
  byteSetWithout,
  copyInto,
  equalBytes,
  foldAscii,
  hexDigitValue,
  isHeaderSpace,
  notHex,
  toByteString,
  toBytes,
  trimHeaderSpace,
  writeByteString,
} from '../../src/base/bytes.ts';

describe('toByteString', () => {
  it('returns every byte', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const text = toByteString(bytes);
    expect(text.length).toBe(256);
    expect(new Uint8Array(toBytes(text))).toStrictEqual(bytes);
  });

  it('reads inside a view of larger memory', () => {
    const view = toBytes('xxhelloxx').subarray(2, 7);
    expect(toByteString(view)).toBe('hello');
    expect(toByteString(view, 1, 3)).toBe('el');
    expect(toByteString(view, 5, 5)).toBe('');
  });

  it('copies', () => {
    const bytes = toBytes('abc');
    const text = toByteString(bytes);
    bytes[0] = 0x7a;
    expect(text).toBe('abc');
  });
});

describe('asView', () => {
  it('shares memory', () => {
    const bytes = toBytes('hello');
    const view = asView(bytes.subarray(1), 1, 3);
    expect(toByteString(view)).toBe('ll');
    bytes[2] = 0x4c;
    expect(toByteString(view)).toBe('Ll');
  });
});

describe('foldAscii', () => {
  it('folds A to Z and nothing else', () => {
    const all = Array.from({ length: 256 }, (_, unit) => String.fromCharCode(unit)).join('');
    const folded = foldAscii(all);
    for (let unit = 0; unit < 256; unit += 1) {
      const expected = unit >= 0x41 && unit <= 0x5a ? unit + 0x20 : unit;
      expect(folded.charCodeAt(unit)).toBe(expected);
    }
  });

  it('returns the same string when there is nothing to fold', () => {
    expect(foldAscii('abc-\u00c0')).toBe('abc-\u00c0');
    expect(foldAscii('')).toBe('');
  });
});

describe('equalBytes', () => {
  it('compares content', () => {
    expect(equalBytes(toBytes('ab'), new Uint8Array([0x61, 0x62]))).toBeTruthy();
    expect(equalBytes(toBytes('ab'), toBytes('ac'))).toBeFalsy();
    expect(equalBytes(toBytes('ab'), toBytes('a'))).toBeFalsy();
  });
});

describe('byteSet', () => {
  it('holds its members, its complement the rest', () => {
    const members = byteSet('a\u00ff');
    const others = byteSetWithout('a\u00ff');
    for (let byte = 0; byte < 256; byte += 1) {
      const isMember = byte === 0x61 || byte === 0xff;
      expect(members[byte]).toBe(isMember ? 1 : 0);
      expect(others[byte]).toBe(isMember ? 0 : 1);
    }
  });
});

describe('hexDigitValue', () => {
  it('agrees with parseInt', () => {
    for (let byte = 0; byte < 256; byte += 1) {
      const value = Number.parseInt(String.fromCharCode(byte), 16);
      expect(hexDigitValue[byte]).toBe(Number.isNaN(value) ? notHex : value);
    }
  });
});

describe('trimHeaderSpace', () => {
  it('drops spaces and tabs only', () => {
    expect(trimHeaderSpace(' \t a b\t ')).toBe('a b');
    expect(trimHeaderSpace('\na\n')).toBe('\na\n');
    expect(trimHeaderSpace(' \t')).toBe('');
    expect(isHeaderSpace(0x0a)).toBeFalsy();
  });
});

describe('copyInto', () => {
  it('copies a part of any length to its place, and nothing else', () => {
    const source = Uint8Array.from({ length: 300 }, (_, index) => index & 255);
    for (const length of [0, 1, 95, 96, 97, 250]) {
      const target = new Uint8Array(300).fill(9);
      copyInto(target, 7, source, 20, 20 + length);
      expect([...target.subarray(7, 7 + length)]).toStrictEqual([...source.subarray(20, 20 + length)]);
      expect([...target.subarray(0, 7), ...target.subarray(7 + length)].every((byte) => byte === 9)).toBe(true);
    }
  });
});

describe('writeByteString', () => {
  it('writes every byte of a text of any length to its place', () => {
    for (const length of [0, 1, 96, 97, 256]) {
      const text = toByteString(Uint8Array.from({ length }, (_, index) => 255 - index));
      const target = Buffer.alloc(300, 9);
      writeByteString(target, 7, text);
      expect(toByteString(target, 7, 7 + length)).toBe(text);
      expect([...target.subarray(0, 7), ...target.subarray(7 + length)].every((byte) => byte === 9)).toBe(true);
    }
  });
});
