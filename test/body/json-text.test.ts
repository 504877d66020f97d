import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
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
        expect(isNumber(text), text).toBe(grammar.test(text));
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
      expect(escapedByte[byte], letter).toBe(expected);
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
      expect(plainInString[byte] === 1, letter).toBe(isPlain);
    }
  });
});

describe('literalOf', () => {
  it('knows the three literals', () => {
    expect(literalOf(0x74)).toBe('true');
    expect(literalOf(0x66)).toBe('false');
    expect(literalOf(0x6e)).toBe('null');
    expect(literalOf(0x4e)).toBe(undefined);
  });
});
