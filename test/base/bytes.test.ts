import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  asView,
  byteSet,
  byteSetWithout,
  copyInto,
  equalBytes,
  equalsFolded,
  foldAscii,
  hexDigitValue,
  indexOfBytes,
  isHeaderSpace,
  notHex,
  startsWithFolded,
  toByteString,
  toBytes,
  trimHeaderSpace,
  writeByteString,
} from '../../src/base/bytes.ts';

describe('toByteString', () => {
  it('gives back every byte', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const text = toByteString(bytes);
    assert.equal(text.length, 256);
    assert.deepEqual(new Uint8Array(toBytes(text)), bytes);
  });

  it('reads inside a view of larger memory', () => {
    const view = toBytes('xxhelloxx').subarray(2, 7);
    assert.equal(toByteString(view), 'hello');
    assert.equal(toByteString(view, 1, 3), 'el');
    assert.equal(toByteString(view, 5, 5), '');
  });

  it('copies', () => {
    const bytes = toBytes('abc');
    const text = toByteString(bytes);
    bytes[0] = 0x7a;
    assert.equal(text, 'abc');
  });
});

describe('asView', () => {
  it('shares memory', () => {
    const bytes = toBytes('hello');
    const view = asView(bytes.subarray(1), 1, 3);
    assert.equal(toByteString(view), 'll');
    bytes[2] = 0x4c;
    assert.equal(toByteString(view), 'Ll');
  });
});

describe('foldAscii', () => {
  it('folds A to Z and nothing else', () => {
    const all = Array.from({ length: 256 }, (_, unit) => String.fromCharCode(unit)).join('');
    const folded = foldAscii(all);
    for (let unit = 0; unit < 256; unit += 1) {
      const expected = unit >= 0x41 && unit <= 0x5a ? unit + 0x20 : unit;
      assert.equal(folded.charCodeAt(unit), expected);
    }
  });

  it('answers the same string when there is nothing to fold', () => {
    assert.equal(foldAscii('abc-\u00c0'), 'abc-\u00c0');
    assert.equal(foldAscii(''), '');
  });
});

describe('equalsFolded', () => {
  it('ignores ASCII case only', () => {
    assert.ok(equalsFolded('Content-Type', 'content-TYPE'));
    assert.ok(!equalsFolded('\u00c0', '\u00e0'), 'bytes above 127 have no case');
    assert.ok(!equalsFolded('a', 'ab'));
  });
});

describe('startsWithFolded', () => {
  it('compares from an offset', () => {
    assert.ok(startsWithFolded('x: Form-Data', 'form-data', 3));
    assert.ok(!startsWithFolded('x: Form-Dat', 'form-data', 3));
    assert.ok(!startsWithFolded('{', '[', 0), 'only letters are folded');
  });
});

describe('indexOfBytes', () => {
  it('finds the first place at or after an offset', () => {
    const bytes = new Uint8Array(toBytes('abcabc'));
    assert.equal(indexOfBytes(bytes, toBytes('bc')), 1);
    assert.equal(indexOfBytes(bytes, toBytes('bc'), 2), 4);
    assert.equal(indexOfBytes(bytes, toBytes('cc')), -1);
  });
});

describe('equalBytes', () => {
  it('compares content', () => {
    assert.ok(equalBytes(toBytes('ab'), new Uint8Array([0x61, 0x62])));
    assert.ok(!equalBytes(toBytes('ab'), toBytes('ac')));
    assert.ok(!equalBytes(toBytes('ab'), toBytes('a')));
  });
});

describe('byteSet', () => {
  it('holds its members, its complement the rest', () => {
    const members = byteSet('a\u00ff');
    const others = byteSetWithout('a\u00ff');
    for (let byte = 0; byte < 256; byte += 1) {
      const isMember = byte === 0x61 || byte === 0xff;
      assert.equal(members[byte], isMember ? 1 : 0);
      assert.equal(others[byte], isMember ? 0 : 1);
    }
  });
});

describe('hexDigitValue', () => {
  it('agrees with parseInt', () => {
    for (let byte = 0; byte < 256; byte += 1) {
      const value = Number.parseInt(String.fromCharCode(byte), 16);
      assert.equal(hexDigitValue[byte], Number.isNaN(value) ? notHex : value);
    }
  });
});

describe('trimHeaderSpace', () => {
  it('drops spaces and tabs only', () => {
    assert.equal(trimHeaderSpace(' \t a b\t '), 'a b');
    assert.equal(trimHeaderSpace('\na\n'), '\na\n');
    assert.equal(trimHeaderSpace(' \t'), '');
    assert.ok(!isHeaderSpace(0x0a));
  });
});

describe('copyInto', () => {
  it('copies a part of any length to its place, and nothing beside it', () => {
    const source = Uint8Array.from({ length: 300 }, (_, index) => index & 255);
    for (const length of [0, 1, 95, 96, 97, 250]) {
      const target = new Uint8Array(300).fill(9);
      copyInto(target, 7, source, 20, 20 + length);
      assert.deepEqual([...target.subarray(7, 7 + length)], [...source.subarray(20, 20 + length)]);
      assert.ok([...target.subarray(0, 7), ...target.subarray(7 + length)].every((byte) => byte === 9));
    }
  });
});

describe('writeByteString', () => {
  it('writes every byte of a text of any length to its place', () => {
    for (const length of [0, 1, 96, 97, 256]) {
      const text = toByteString(Uint8Array.from({ length }, (_, index) => 255 - index));
      const target = Buffer.alloc(300, 9);
      writeByteString(target, 7, text);
      assert.equal(toByteString(target, 7, 7 + length), text);
      assert.ok([...target.subarray(0, 7), ...target.subarray(7 + length)].every((byte) => byte === 9));
    }
  });
});
