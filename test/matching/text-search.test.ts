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

  it.each(['(', 'a(?=b)', '(a)\\1', 'a{2000}', '((((a{100}){100}){100}){100})'])('refuses %s', (source) => {
    expect(() => new TextSearch(source)).toThrow(expect.objectContaining({ code: 'pattern.compile' }));
  });

  it('rejects an object that is not one of its searches', () => {
    for (const search of [undefined, {}, 1]) {
      expect(() => nativeAddon().findText(search as unknown as NativeTextSearch, 'a')).toThrow(
        expect.objectContaining({ code: 'native.argument' }),
      );
    }
  });
});
