import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compilePattern } from '../../src/compile/pattern-source.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { idsOf, planOf, runExchange } from '../support/exchange.ts';
import { dataLinesOf } from '../support/registry.ts';

const operator = (name: string, argument: string) => ({
  name,
  argument,
  negated: false,
  location: { file: 'a.conf', line: 1, column: 1 },
});

describe('compilePattern', () => {
  it('splits phrases, decodes bytes, folds case and drops repeats', () => {
    const compiled = compilePattern(operator('pm', 'Foo  |42 61 52| foo'), () => []);
    expect(compiled?.phrases).toStrictEqual(['foo', 'bar']);
  });

  it('reads phrases of several files', () => {
    const compiled = compilePattern(operator('pmFromFile', 'a.data b.data'), (_, name) =>
      dataLinesOf([`phrase of ${name}`]),
    );
    expect(compiled?.phrases).toStrictEqual(['phrase of a.data', 'phrase of b.data']);
  });

  it('refuses an empty list', () => {
    expect(() => compilePattern(operator('pmFromFile', 'a.data'), () => [])).toThrow(
      expect.objectContaining({ code: 'seclang.syntax' }),
    );
  });

  for (const wrong of ['300', '5-2', 'a', '']) {
    it(`refuses the byte range "${wrong}"`, () => {
      expect(() => compilePattern(operator('validateByteRange', wrong), () => [])).toThrow(
        expect.objectContaining({ code: 'seclang.syntax' }),
      );
    });
  }

  it('makes no pattern of a byte range that holds every byte', () => {
    expect(compilePattern(operator('validateByteRange', '0-255'), () => [])).toBe(undefined);
  });

  it('folds and splits bytes, not Unicode characters', () => {
    const compiled = compilePattern(operator('pm', 'CAF\xc3\x89 \xc3\xa0\x0bB'), () => []);
    expect(compiled?.phrases).toStrictEqual(['caf\xc3\x89', '\xc3\xa0', 'b']);
  });

  it('leaves other operators alone', () => {
    expect(compilePattern(operator('eq', '1'), () => [])).toBe(undefined);
    expect(compilePattern(operator('toString', '1'), () => [])).toBe(undefined);
  });
});

describe('operators that are patterns', () => {
  const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['@contains a.b', ['a.b', 'xa.by'], ['axb', 'A.B']],
    ['@strmatch a', ['xax'], ['b']],
    ['@beginsWith a+', ['a+b'], ['ba+', 'aa']],
    ['@endsWith a$', ['ba$'], ['a$b', 'a$\n']],
    ['@streq a|b', ['a|b'], ['a', 'a|bc', 'A|B']],
    ['@pm one two', ['xONEx', 'two'], ['on', 'tw o']],
    ['@rx ^a\\d+$', ['a1', 'a22'], ['a', 'ba1', 'a1\n']],
    ['@validateByteRange 32-126', ['\x1f', 'a\x80'], ['ab c~', '']],
    ['@validateByteRange 9,10,13,32-126', ['\x00'], ['a\r\n\tb']],
    ['@validateUrlEncoding', ['%', 'a%2', '%zz', '%4g', '%%41'], ['%41', 'abc', '%41%42', '']],
    [
      '@validateUtf8Encoding',
      [
        '\x80',
        'a\xff',
        '\xc3',
        '\xc3(',
        '\xe2\x82',
        '\xc0\xaf',
        '\xed\xa0\x80',
        '\xf5\x80\x80\x80',
        '\xf4\x90\x80\x80',
        '\xe0\x80\x80',
      ],
      ['abc', '', '\xc3\xa9', '\xe2\x82\xac', '\xf0\x9f\x98\x80', 'a\xc3\xa9b\xf4\x8f\xbf\xbf'],
    ],
  ];
  let plan: Plan;
  beforeAll(async () => {
    const rules = cases.map(([text], index) => {
      const id = index + 1;
      return `SecRule REQUEST_HEADERS:X-${id} "${text}" "id:${id},phase:1,pass,log"
        SecRule REQUEST_HEADERS:X-${id} "!${text}" "id:${100 + id},phase:1,pass,log"`;
    });
    plan = await planOf(rules.join('\n'));
  });
  afterAll(() => closePlan(plan));

  for (const [index, [text, matching, others]] of cases.entries()) {
    it(`match ${text}`, () => {
      const matches = (value: string) => idsOf(runExchange(plan, { headers: { [`X-${index + 1}`]: value } }));
      for (const value of matching) expect(matches(value), JSON.stringify(value)).toStrictEqual([index + 1]);
      for (const value of others) expect(matches(value), `not ${JSON.stringify(value)}`).toStrictEqual([index + 101]);
    });
  }
});
