import { describe, expect, it } from 'vitest';
import { FieldWriter } from '../../src/http/field-writer.ts';
import { LiteralEscape } from '../../src/http/literal-escape.ts';

/** The text of escapes, given without their backslashes; a letter that is not part of an escape is returned unchanged. */
function read(...escapes: readonly string[]): string {
  const value: Uint8Array[] = [];
  const sink = { begin() {}, write: (bytes: Uint8Array) => value.push(new Uint8Array(bytes)), end() {}, fact() {} };
  const writer = new FieldWriter(sink, 'ARGS_POST', 100);
  const reader = new LiteralEscape(writer);
  writer.startValue();
  for (const escape_ of escapes) {
    reader.start();
    let taken = 'more';
    for (const byte of Buffer.from(escape_, 'latin1')) {
      if (taken === 'more') taken = reader.take(byte);
      if (taken === 'done') taken = 'over';
      else if (taken !== 'more') {
        reader.endPair();
        writer.byte(byte);
      }
    }
  }
  reader.end();
  reader.endPair();
  expect(reader.heldBytes).toBe(0);
  writer.endValue();
  return Buffer.concat(value).toString('latin1');
}

describe('LiteralEscape', () => {
  for (const [escapes, expected] of [
    [['n'], '\n'],
    [['"'], '"'],
    [['\n'], ''],
    [['u00e9'], '\xc3\xa9'],
    [['u{1f600}'], '\xf0\x9f\x98\x80'],
    [['x41'], 'A'],
    [['ud83d', 'ude00'], '\xf0\x9f\x98\x80'],
    [['ud83d', 'n'], '\xed\xa0\xbd\n'],
    [['u00g'], '\\u00g'],
    [['x4'], '\\x4'],
    [['u{123456789'], '\\u{123456789'],
  ] as const) {
    it(`makes ${JSON.stringify(expected)} of ${JSON.stringify(escapes)}`, () => {
      expect(read(...escapes)).toBe(expected);
    });
  }
});
