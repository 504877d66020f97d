import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hasWildcard, matchesGlob } from '../../src/seclang/glob.ts';

describe('hasWildcard', () => {
  it('knows the three, and no braces', () => {
    assert.deepEqual(['a*', 'a?', 'a[b]', 'a{b,c}', 'a.conf'].map(hasWildcard), [true, true, true, false, false]);
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
      for (const name of matching) assert.equal(matchesGlob(name, pattern), true, name);
      for (const name of others) assert.equal(matchesGlob(name, pattern), false, name);
    });
  }

  it('takes at most as many steps as name and pattern have characters, multiplied', () => {
    // With a wildcard that goes back to every `*`, or with braces that are written out, none of these would end.
    const name = 'a'.repeat(2_000);
    for (const pattern of [`${'a*'.repeat(500)}b`, `${'*a'.repeat(500)}b`, `*${'{a,b}'.repeat(500)}`]) {
      assert.equal(matchesGlob(name, pattern), false, pattern.slice(0, 10));
    }
    assert.equal(matchesGlob(name, `${'*a'.repeat(500)}`), true);
  });
});
