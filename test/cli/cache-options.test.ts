import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Command } from 'commander';
import { addCacheOptions, cacheOf } from '../../src/cli/cache-options.ts';
import { defaultCacheFolder } from '../../src/config/config.ts';

const read = (...words: string[]): { readonly cacheFolder?: string } =>
  cacheOf(addCacheOptions(new Command()).parse(words, { from: 'user' }).opts());

describe('cacheOf', () => {
  it('is the user’s own cache folder unless told otherwise', () => {
    assert.deepEqual(read(), { cacheFolder: defaultCacheFolder() });
  });

  it('is the folder that was given', () => {
    assert.deepEqual(read('--cache', '/a/b'), { cacheFolder: '/a/b' });
  });

  it('is nowhere with --no-cache', () => {
    assert.deepEqual(read('--no-cache'), {});
  });

  it('is what a configuration file says, unless an option says otherwise', () => {
    assert.deepEqual(cacheOf({}, '/f'), { cacheFolder: '/f' });
    assert.deepEqual(cacheOf({}, false), {});
    assert.deepEqual(cacheOf({ cache: false }, '/f'), {});
    assert.deepEqual(cacheOf({ cache: '/a' }, false), { cacheFolder: '/a' });
  });
});
