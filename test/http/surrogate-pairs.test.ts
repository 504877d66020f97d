import { describe, expect, it } from 'vitest';
import { SurrogatePairs } from '../../src/http/surrogate-pairs.ts';

/** Bytes in hexadecimal of units, and of a flush at the end. */
function bytesOf(...units: readonly number[]): string {
  const bytes: number[] = [];
  const pairs = new SurrogatePairs({ byte: (value) => bytes.push(value) });
  for (const unit of units) pairs.take(unit);
  pairs.flush();
  expect(pairs.isWaiting).toBe(false);
  return Buffer.from(bytes).toString('hex');
}

describe('SurrogatePairs', () => {
  for (const [what, units, expected] of [
    ['a unit that is not a half', [0x41], '41'],
    ['a pair', [0xd83d, 0xde00], 'f09f9880'],
    ['a high half alone', [0xd83d], 'eda0bd'],
    ['a low half alone', [0xde00], 'edb880'],
    ['halves in the wrong order', [0xde00, 0xd83d], 'edb880eda0bd'],
    ['two high halves and a low one', [0xd83d, 0xd83d, 0xde00], 'eda0bdf09f9880'],
    ['a high half before another letter', [0xd83d, 0x41], 'eda0bd41'],
    ['a code point above U+FFFF', [0x1f600], 'f09f9880'],
  ] as const) {
    it(`returns the bytes of ${what}`, () => {
      expect(bytesOf(...units)).toBe(expected);
    });
  }
});
