import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printRegex } from '../../src/pattern/regex-print.ts';
import { parseRegex } from '../../src/pattern/regex-syntax.ts';
import { arbitraryRegex } from './arbitrary-regex.ts';
import { v8Regex } from './regex-oracle.ts';

const both: readonly (readonly [source: string, hyperscan: string, re2?: string])[] = [
  ['abc', 'abc'],
  ['a|b', 'a|b'],
  ['(a|b)c', '(?:a|b)c', '(a|b)c'],
  ['(?:ab)+', '(?:ab)+'],
  ['(?:a+)+', '(?:a+)+'],
  ['(a)*?', 'a*', '(a)*?'],
  ['a{2,5}?b{3}c{2,}', 'a{2,5}b{3}c{2,}', 'a{2,5}?b{3}c{2,}'],
  ['^a$', '^a\\z', '\\Aa\\z'],
  ['(?m)^a$', '(?m:^)a(?m:$)'],
  ['\\ba\\B', '\\ba\\B'],
  ['.', '.'],
  ['(?-s).', '[^\\x0a]'],
  ['\\s', '[\\x09-\\x0d ]'],
  ['(?i)abc1', '(?i)abc1'],
  ['(?i:a)b', '[Aa]b'],
  ['(?i)a[^a-f]', '(?i)a[^A-Fa-f]'],
  ['(?i)1+', '1+'],
  ['(?i)[a-f]', '[A-Fa-f]'],
  ['(?:)*a(?:^)?b{0}', '(?:)a(?:)(?:)', '(?:)a(?:)b{0}'],
  ['(?i)a\\xe0', '(?i)a\\xe0', '[Aa]\\xe0'],
  ['(?i)a[\\xc0-\\xff]', '(?i)a[\\xc0-\\xff]'],
  ['(?i)a[\\xc0-\\xdf]', '(?i)a[\\xc0-\\xdf]', '[Aa][\\xc0-\\xdf]'],
  ['\\x00\\xff\\n', '\\x00\\xff\\x0a'],
  ['[\\]^\\-\\\\]', '[\\-\\\\-\\^]'],
  ['\\.\\$\\{', '\\.\\$\\{'],
  ['(?:)', '(?:)'],
  ['', '(?:)'],
  ['|', '|'],
  ['a(?:|b)', 'a(?:|b)'],
  ['(a)', 'a', '(a)'],
  ['[^\\x00-\\xff]a', '[^\\x00-\\xff]a'],
];

describe('printRegex', () => {
  for (const [source, hyperscan, re2] of both) {
    it(`prints ${source}`, () => {
      const { root } = parseRegex(source);
      expect(printRegex(root, 'hyperscan')).toBe(hyperscan);
      expect(printRegex(root, 're2')).toBe(re2 ?? hyperscan);
    });
  }

  it('reports that RE2 cannot repeat more than 1000 times', () => {
    for (const source of ['a{1001}', '(?:a{100}){11}', 'a{1001,}', 'a{0,1001}']) {
      expect(printRegex(parseRegex(source).root, 're2'), source).toBe(undefined);
      expect(printRegex(parseRegex(source).root, 'hyperscan')).toBe(source);
    }
    expect(printRegex(parseRegex('(?:a{100}){10}').root, 're2')).toBe('(?:a{100}){10}');
  });

  it('prints what parses to the same pattern', () => {
    fc.assert(
      fc.property(arbitraryRegex, (source) => {
        for (const dialect of ['hyperscan', 're2'] as const) {
          const text = printRegex(parseRegex(source).root, dialect);
          expect.assert(text !== undefined);
          expect(printRegex(parseRegex(text).root, dialect), source).toBe(text);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('prints a pattern that matches what the source matches, with the same groups', () => {
    const value = fc.string({ unit: fc.constantFrom(...'abAB1_ \n\v\x00\x80\xe0\xc0-.'), maxLength: 8 });
    fc.assert(
      fc.property(arbitraryRegex, fc.array(value, { minLength: 5, maxLength: 5 }), (source, values) => {
        const printed = printRegex(parseRegex(source).root, 're2') as string;
        const expected = v8Regex(source);
        const actual = v8Regex(printed);
        for (const text of values) {
          expect(
            actual.exec(text)?.slice(0, 1),
            `${source} printed as ${printed} on ${JSON.stringify(text)}`,
          ).toStrictEqual(expected.exec(text)?.slice(0, 1));
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
