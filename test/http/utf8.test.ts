import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { writeUtf8 } from '../../src/http/utf8.ts';

function utf8Of(codePoint: number): Buffer {
  const bytes: number[] = [];
  writeUtf8(codePoint, { byte: (value) => bytes.push(value) });
  return Buffer.from(bytes);
}

describe('writeUtf8', () => {
  it('agrees with TextEncoder at and around each length', () => {
    for (const codePoint of [0, 0x41, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff]) {
      assert.deepEqual(utf8Of(codePoint), Buffer.from(String.fromCodePoint(codePoint)), codePoint.toString(16));
    }
  });

  it('writes surrogates as three bytes', () => {
    assert.equal(utf8Of(0xd800).toString('hex'), 'eda080');
    assert.equal(utf8Of(0xdfff).toString('hex'), 'edbfbf');
  });
});
