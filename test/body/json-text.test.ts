import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  escapedByte,
  isNumberEnd,
  literalOf,
  notNumber,
  numberNext,
  numberStart,
  plainInString,
} from '../../src/body/json-text.ts';

function isNumber(text: string): boolean {
  let state = numberStart;
  for (const byte of Buffer.from(text)) {
    state = numberNext[state * 256 + byte] as number;
    if (state === notNumber) return false;
  }
  return isNumberEnd(state);
}

describe('numberNext', () => {
  it('accepts the number grammar of RFC 8259', () => {
    const grammar = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/;
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0129-+.eEx'), maxLength: 8 }), (text) => {
        assert.equal(isNumber(text), grammar.test(text), text);
      }),
      { numRuns: 5000 },
    );
  });
});

describe('escapedByte', () => {
  it('agrees with JSON.parse for each letter', () => {
    for (let byte = 0x20; byte < 0x7f; byte += 1) {
      const letter = String.fromCharCode(byte);
      if (letter === 'u') continue;
      let expected = 0;
      try {
        expected = (JSON.parse(`"\\${letter}"`) as string).charCodeAt(0);
      } catch {
        expected = 0;
      }
      assert.equal(escapedByte[byte], expected, letter);
    }
  });
});

describe('plainInString', () => {
  it('leaves out quotes, backslashes and controls', () => {
    for (let byte = 0; byte < 128; byte += 1) {
      const letter = String.fromCharCode(byte);
      let isPlain = true;
      try {
        isPlain = JSON.parse(`"${letter}"`) === letter;
      } catch {
        isPlain = false;
      }
      assert.equal(plainInString[byte] === 1, isPlain, letter);
    }
  });
});

describe('literalOf', () => {
  it('knows the three literals', () => {
    assert.equal(literalOf(0x74), 'true');
    assert.equal(literalOf(0x66), 'false');
    assert.equal(literalOf(0x6e), 'null');
    assert.equal(literalOf(0x4e), undefined);
  });
});
