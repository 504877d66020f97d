import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addPackOptions } from '../../src/cli/pack-options.ts';

const parse = (...words: readonly string[]) =>
  addPackOptions(new Command().exitOverride()).parse(words, { from: 'user' }).opts();

describe('addPackOptions', () => {
  it('adds what packs are checked against, nothing by default', () => {
    expect(parse()).toStrictEqual({});
    expect(parse('--trust', 'a', '--lock', 'b', '--allow-downgrade', '--allow-expired')).toStrictEqual({
      trust: 'a',
      lock: 'b',
      allowDowngrade: true,
      allowExpired: true,
    });
  });
});
