import { describe, expect, it } from 'vitest';
import type { Operator } from '../../src/seclang/ast.ts';
import { PlacedText } from '../../src/seclang/lexer.ts';
import { parseOperator } from '../../src/seclang/operator.ts';
import { SeclangError } from '../../src/seclang/seclang-error.ts';

const at = { file: 'x.conf', line: 1, column: 1 };

function parse(text: string): Operator {
  return parseOperator(new PlacedText(text, at));
}

const good: readonly (readonly [text: string, name: string, negated: boolean, argument: string, column: number])[] = [
  ['@rx ^a', 'rx', false, '^a', 1],
  ['!@rx ^a', 'rx', true, '^a', 2],
  ['! @rx ^a', 'rx', true, '^a', 3],
  ['^a b', 'rx', false, '^a b', 1],
  ['!^a', 'rx', true, '^a', 2],
  ['', 'rx', false, '', 1],
  ['a@b', 'rx', false, 'a@b', 1],
  ['@RX a', 'rx', false, 'a', 1],
  ['@rx', 'rx', false, '', 1],
  ['@pmf a.data', 'pmFromFile', false, 'a.data', 1],
  ['@rx   a  ', 'rx', false, 'a  ', 1],
  ['@rx \xa0a', 'rx', false, '\xa0a', 1],
  ['@streq %{tx.a}', 'streq', false, '%{tx.a}', 1],
  ['@detectSQLi', 'detectSQLi', false, '', 1],
  ['@unconditionalMatch  ', 'unconditionalMatch', false, '', 1],
];

describe('parseOperator', () => {
  for (const [text, name, negated, argument, column] of good) {
    it(`reads ${text === '' ? 'nothing' : text}`, () => {
      expect(parse(text)).toStrictEqual({ name, negated, argument, location: { ...at, column } });
    });
  }

  const bad: readonly (readonly [text: string, column: number, message: RegExp, offending: string])[] = [
    ['@foo a', 1, /unknown operator "@foo"$/, '@foo'],
    ['!@rxx a', 2, /unknown operator "@rxx", did you mean @rx\?/, '@rxx'],
    ['@', 1, /unknown operator "@"/, '@'],
    ['@ rx', 1, /unknown operator "@"/, '@'],
    ['@within  ', 1, /operator @within needs an argument/, '@within'],
    ['@pm', 1, /operator @pm needs an argument/, '@pm'],
    ['@detectXSS a', 12, /operator @detectXSS takes no argument, found "a"/, 'a'],
    ['@rx(a)', 4, /white space is missing after @rx/, '(a)'],
  ];
  for (const [text, column, message, offending] of bad) {
    it(`refuses ${text}`, () => {
      expect(() => parse(text)).toThrow(
        expect.toSatisfy((error) => {
          expect.assert(error instanceof SeclangError);
          expect(error.message).toMatch(message);
          expect(error.location.column).toBe(column);
          expect(error.text).toBe(offending);
          return true;
        }),
      );
    });
  }
});
