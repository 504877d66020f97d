import { describe, expect, it } from 'vitest';
import { PrefixSet } from '../../src/compile/prefix-set.ts';

describe('PrefixSet', () => {
  const cases: readonly (readonly [
    prefixes: readonly string[],
    covered: readonly string[],
    others: readonly string[],
  ])[] = [
    [[], [], ['', 'a']],
    [[''], ['', 'a', 'ab'], []],
    [
      ['ab', 'x_'],
      ['ab', 'abc', 'x_1'],
      ['', 'a', 'x', 'ba', 'Ab'],
    ],
    [['a', 'abcdef'], ['a', 'ab', 'abcdefg'], ['b']],
  ];
  for (const [prefixes, covered, others] of cases) {
    it(`of ${JSON.stringify(prefixes)} covers names that begin like this`, () => {
      const set = new PrefixSet(prefixes);
      expect(covered.filter((name) => !set.covers(name))).toStrictEqual([]);
      expect(others.filter((name) => set.covers(name))).toStrictEqual([]);
      expect([...set]).toStrictEqual(prefixes);
      expect(set.size).toBe(prefixes.length);
    });
  }

  it('takes no longer to find a name among thousands', () => {
    const set = new PrefixSet(Array.from({ length: 10_000 }, (_, at) => `p${at}_`));
    expect([set.covers('p9999_x'), set.covers('p9999'), set.covers('q')]).toStrictEqual([true, false, false]);
    set.add('q');
    expect(set.covers('q')).toBe(true);
  });
});
