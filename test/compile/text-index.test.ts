import { describe, expect, it } from 'vitest';
import { runAtOnce } from '../../src/base/turn.ts';
import { TextIndex } from '../../src/compile/text-index.ts';
import { searchOf } from '../../src/plan/selector.ts';

const texts = [
  'attack-sqli',
  'attack-xss',
  'attack-sqli',
  '',
  'a.b',
  'ab',
  'paranoia-level/1',
  'SQL a|b',
  '\xe9t\xe9',
  '(x)',
];
const expressions =
  `attack attack-sqli sqli$ ^attack ^a attack-(?:xss|rce) a.b a\\.b ab* ab? abc* a{0,2}b a{2} paranoia-level/[12] x|ab
  SQL (?i)sql \xe9 [^a] ^$ . $ \\(x a\\|b kl-sq i( zzz`.split(/\s+/);

describe('TextIndex', () => {
  for (const expression of expressions.filter((one) => one !== 'i(')) {
    it(`finds ${expression} where a search of each text does`, () => {
      const index = new TextIndex();
      for (const [place, text] of texts.entries()) index.add(text, place);
      const isFound = searchOf('', expression);
      const expected = texts.flatMap((text, place) => (isFound(text) ? [place] : []));
      expect(runAtOnce(index.search('tag', expression, () => false))).toStrictEqual(expected);
    });
  }

  it('names the expression that cannot be parsed', () => {
    const index = new TextIndex();
    expect(() => runAtOnce(index.search('tag "i("', 'i(', () => false))).toThrow(/^tag "i\("/);
  });

  it('searches only texts that contain the letters an expression begins with, and equal texts once', () => {
    const index = new TextIndex();
    for (let place = 0; place < 1_000; place += 1) index.add(`tag-${place % 100}`, place);
    const countOf = (expression: string): number => {
      let looks = 0;
      runAtOnce(
        index.search('tag', expression, () => {
          looks += 1;
          return false;
        }),
      );
      return looks;
    };
    expect(countOf('tag-7$')).toBe(1 + 11 + 10);
    expect(countOf('tag-777')).toBe(1);
    expect(countOf('nothing.*')).toBe(1);
    expect(countOf('[7]7$')).toBe(1 + 100 + 10);
  });
});
