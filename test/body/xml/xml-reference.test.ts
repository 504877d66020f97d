import { describe, expect, it } from 'vitest';
import { XmlReference } from '../../../src/body/xml/xml-reference.ts';

/** The result of `&` + text, the rest that does not belong to it, and the problem. */
function read(text: string): {
  readonly given: string;
  readonly rest: string;
  readonly problem: string;
  readonly isEntity: boolean;
} {
  const bytes: number[] = [];
  const receiver = { byte: (value: number) => bytes.push(value) };
  const reference = new XmlReference();
  reference.start();
  const done = (rest: string) => {
    const { problem, isEntity } = reference;
    return { given: Buffer.from(bytes).toString(), rest, problem, isEntity };
  };
  for (let index = 0; index < text.length; index += 1) {
    const taken = reference.take(text.charCodeAt(index), receiver);
    if (taken !== 'more') return done(text.slice(taken === 'done' ? index + 1 : index));
  }
  reference.finish(receiver);
  return done('');
}

describe('XmlReference', () => {
  const fine = [
    ['lt;', '<'],
    ['gt;', '>'],
    ['amp;', '&'],
    ['quot;', '"'],
    ['apos;', "'"],
    ['#60;', '<'],
    ['#x3C;', '<'],
    ['#X3c;', '<'],
    [`#${'0'.repeat(10_000)}60;`, '<'],
    ['#x10FFFF;', '\u{10ffff}'],
  ] as const;
  for (const [text, given] of fine) {
    it(`reads &${text.slice(0, 20)}`, () =>
      expect(read(`${text}rest`)).toStrictEqual({ given, rest: 'rest', problem: '', isEntity: false }));
  }

  const odd = [
    ['x;', '&x;', ''],
    ['LT;', '&LT;', ''],
    [' a', '&', ' a'],
    ['&', '&', '&'],
    [';', '&;', ''],
    ['#;', '&#', ';'],
    ['#x;', '&#x', ';'],
    ['#60 ', '<', ' '],
    ['#x3cz', '<', 'z'],
    ['#x110000;', '\ufffd', ''],
    ['#99999999999999999999;', '\ufffd', ''],
    ['a', '&a', ''],
    ['#', '&#', ''],
    ['#6', '\u0006', ''],
    ['', '&', ''],
    [`${'n'.repeat(64)};`, `&${'n'.repeat(64)};`, ''],
    ['n'.repeat(65), `&${'n'.repeat(64)}`, 'n'],
  ] as const;
  for (const [text, given, rest] of odd) {
    it(`keeps what it cannot read of &${text.slice(0, 20)}`, () => {
      const actual = read(text);
      expect(actual.given).toBe(given);
      expect(actual.rest).toBe(rest);
      // The reference does not know whether an entity is declared.
      expect(actual.problem === '').toBe(actual.isEntity);
    });
  }
});
