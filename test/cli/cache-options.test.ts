import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addCacheOptions, cacheOf } from '../../src/cli/cache-options.ts';
import { defaultCacheFolder } from '../../src/compile/cache-folder.ts';

const read = (...words: string[]): { readonly cacheFolder?: string } =>
  cacheOf(addCacheOptions(new Command()).parse(words, { from: 'user' }).opts());

describe('cacheOf', () => {
  it('is the user’s own cache folder by default', () => {
    expect(read()).toStrictEqual({ cacheFolder: defaultCacheFolder() });
  });

  it('is the folder that was given', () => {
    expect(read('--cache', '/a/b')).toStrictEqual({ cacheFolder: '/a/b' });
  });

  it('is none with --no-cache', () => {
    expect(read('--no-cache')).toStrictEqual({});
  });

  it('is that of a configuration file, unless an option overrides it', () => {
    expect(cacheOf({}, '/f')).toStrictEqual({ cacheFolder: '/f' });
    expect(cacheOf({}, false)).toStrictEqual({});
    expect(cacheOf({ cache: false }, '/f')).toStrictEqual({});
    expect(cacheOf({ cache: '/a' }, false)).toStrictEqual({ cacheFolder: '/a' });
  });
});
