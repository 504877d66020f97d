import fc from 'fast-check';
import { RE2 } from 're2';
import { describe, expect, it } from 'vitest';
import { type NativeTextSearch, nativeAddon } from '../../src/matching/native.ts';
import { TextSearch } from '../../src/matching/text-search.ts';

describe('TextSearch', () => {
  it.each([
    ['b', 'abc', true],
    ['^b', 'abc', false],
    ['a$', 'a\n', false],
    ['a.c', 'a\nc', false],
    ['(?s)a.c', 'a\nc', true],
    ['(?i)ABC', 'abc', true],
    ['^.$', 'é', true],
    ['^.$', '😀', true],
    ['\\x{e9}', 'é', true],
    ['^$', '', true],
    ['a', 'b\0a', true],
    ['^\\w{1,3}$', 'abcd', false],
  ])('%j in %j: %j', (source, text, expected) => {
    expect(new TextSearch(source).test(text)).toBe(expected);
  });

  it("answers as npm's re2 does", () => {
    const part = fc.constantFrom(
      'a',
      'b',
      'é',
      '.',
      '^',
      '$',
      '\\b',
      '\\d',
      '[a-c]',
      '[^é]',
      '(?:ab|é+)',
      'a{2,3}',
      'x*?',
    );
    const source = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''));
    const text = fc
      .array(fc.constantFrom('a', 'b', 'c', 'é', '1', ' ', '\n', 'x'), { maxLength: 8 })
      .map((all) => all.join(''));
    fc.assert(
      fc.property(source, text, fc.boolean(), (pattern, value, isDotAll) => {
        const ours = new TextSearch(`${isDotAll ? '(?s)' : ''}${pattern}`).test(value);
        expect(ours).toBe(new RE2(pattern, isDotAll ? 'su' : 'u').test(value));
      }),
    );
  });

  it.each(['(', 'a(?=b)', '(a)\\1', 'a{2000}', '((((a{100}){100}){100}){100})'])('refuses %s', (source) => {
    expect(() => new TextSearch(source)).toThrow(expect.objectContaining({ code: 'pattern.compile' }));
  });

  it('refuses what is no search of its own', () => {
    for (const search of [undefined, {}, 1]) {
      expect(() => nativeAddon().findText(search as unknown as NativeTextSearch, 'a')).toThrow(
        expect.objectContaining({ code: 'native.argument' }),
      );
    }
  });
});
