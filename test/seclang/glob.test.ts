import { describe, expect, it } from 'vitest';
import { hasWildcard, matchesGlob } from '../../src/seclang/glob.ts';

describe('hasWildcard', () => {
  it('knows the three, and no braces', () => {
    expect(['a*', 'a?', 'a[b]', 'a{b,c}', 'a.conf'].map(hasWildcard)).toStrictEqual([true, true, true, false, false]);
  });
});

describe('matchesGlob', () => {
  const cases: readonly (readonly [pattern: string, matching: readonly string[], others: readonly string[]])[] = [
    ['*.conf', ['a.conf', '.conf'], ['a.conf.example', 'conf', '']],
    ['*', ['', 'a', 'a b'], []],
    ['a*b*c', ['abc', 'aXbXc', 'abbcc', 'abcbc'], ['ab', 'acb', 'abcd']],
    ['a**c', ['ac', 'abc'], ['ab']],
    ['?.conf', ['a.conf'], ['.conf', 'ab.conf']],
    ['[0-9a]x', ['0x', '5x', '9x', 'ax'], ['bx', 'x', '-x']],
    ['[!0-9]x', ['ax', '-x'], ['0x', 'x']],
    ['[^a]x', ['bx', '^x'], ['ax']],
    ['[]a]', [']', 'a'], ['[]a]', 'b']],
    ['[a-]', ['a', '-'], ['b']],
    ['[z-a]', [], ['m', '-']],
    ['[ab', ['[ab'], ['a', 'b']],
    ['\\*', ['*'], ['a', '\\*']],
    ['a\\', ['a\\'], ['a']],
    ['{a,b}', ['{a,b}'], ['a', 'b']],
    ['+(a)', ['+(a)'], ['a', 'aa']],
    ['é?', ['éx'], ['e?']],
    ['', [''], ['a']],
  ];
  for (const [pattern, matching, others] of cases) {
    it(`reads ${JSON.stringify(pattern)}`, () => {
      for (const name of matching) expect(matchesGlob(name, pattern), name).toBe(true);
      for (const name of others) expect(matchesGlob(name, pattern), name).toBe(false);
    });
  }

  it('takes at most as many steps as the product of the lengths of name and pattern', () => {
    // With backtracking to every `*`, or with expanded braces, none of these would end.
    const name = 'a'.repeat(2_000);
    for (const pattern of [`${'a*'.repeat(500)}b`, `${'*a'.repeat(500)}b`, `*${'{a,b}'.repeat(500)}`]) {
      expect(matchesGlob(name, pattern), pattern.slice(0, 10)).toBe(false);
    }
    expect(matchesGlob(name, `${'*a'.repeat(500)}`)).toBe(true);
  });
});
