import { describe, expect, it } from 'vitest';
import { Pace } from '../../src/base/pace.ts';
import { runAtOnce } from '../../src/base/turn.ts';
import { translateRegex } from '../../src/pattern/regex-dialect.ts';
import { translateInThread, translateWithThread } from '../../src/pattern/translate-in-thread.ts';
import { TranslationCache } from '../../src/pattern/translation-cache.ts';

const cacheOf = (): TranslationCache => runAtOnce(TranslationCache.open(undefined, new Pace()));

describe('translateInThread', () => {
  it('adds new translations to a cache, the same as the translator’s', async () => {
    const cache = cacheOf();
    const patterns = ['a+b', '(?i)select.{1,9}from', '[\\x80-\\xff]{3}', '\xe9\x00', 'a+b'];
    await translateInThread(patterns, cache);
    for (const source of patterns) {
      expect(cache.has(source), source).toBe(true);
      const { facts: _, ...translation } = translateRegex(source);
      expect(cache.translate(source)).toStrictEqual(translation);
    }
  });

  it('leaves patterns that cannot be translated to the caller', async () => {
    const cache = cacheOf();
    await translateInThread(['(', 'a'], cache);
    expect([cache.has('('), cache.has('a')]).toStrictEqual([false, true]);
    expect(() => cache.translate('(')).toThrow(/parenthesis/);
  });

  it('starts no thread for known patterns', async () => {
    const cache = cacheOf();
    cache.translate('a');
    const before = process.getActiveResourcesInfo().filter((name) => /worker|MessagePort/i.test(name)).length;
    const done = translateInThread(['a'], cache);
    expect(process.getActiveResourcesInfo().filter((name) => /worker|MessagePort/i.test(name)).length).toBe(before);
    await done;
  });
});

describe('translateWithThread', () => {
  const words = Array.from({ length: 100 }, (_, index) => `(?i)\\b${'select'.repeat(index)}${index}[a-z]{1,9}`);

  it('translates many together with a thread, as the translator says it', async () => {
    const cache = cacheOf();
    await translateWithThread([...words, '(', `(${'x'.repeat(1000)}`], cache);
    for (const source of words) {
      expect(cache.has(source), source).toBe(true);
      const { facts: _, ...translation } = translateRegex(source);
      expect(cache.translate(source)).toStrictEqual(translation);
    }
    for (const failed of ['(', `(${'x'.repeat(1000)}`]) {
      expect(cache.has(failed)).toBe(false);
      expect(() => cache.translate(failed)).toThrow(/parenthesis/);
    }
  });

  it('leaves few to the caller', async () => {
    const cache = cacheOf();
    await translateWithThread(words.slice(0, 10), cache);
    expect(words.some((source) => cache.has(source))).toBe(false);
  });
});
