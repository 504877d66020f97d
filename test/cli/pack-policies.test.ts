import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addPackOptions } from '../../src/cli/pack-options.ts';
import { packsOf } from '../../src/cli/pack-policies.ts';
import { createKeyPair } from '../../src/pack/signing-key.ts';
import { ruleFolder } from '../seclang/rule-folder.ts';

const parse = (...words: readonly string[]) =>
  packsOf(addPackOptions(new Command().exitOverride()).parse(words, { from: 'user' }).opts());

describe('packsOf', () => {
  it('requires nothing by default', () => {
    expect(parse()).toStrictEqual({});
  });

  it('reads the given policies', (test) => {
    const folder = ruleFolder(test, {
      'trust.yaml': 'keys: { a: a.pub }\npacks: [{ name: acme, keys: [a] }]',
      'a.pub': createKeyPair().publicKey,
      'weir.lock': 'packs: {}',
    });
    const found = parse('--trust', join(folder, 'trust.yaml'), '--lock', join(folder, 'weir.lock'), '--allow-expired');
    expect(found).toMatchObject({ trust: [{ name: 'acme', threshold: 1 }], lock: new Map(), allowExpired: true });
  });

  it('prefers them to what a configuration file names', (test) => {
    const folder = ruleFolder(test, { 'a.lock': 'packs: {}', 'b.lock': 'packs: [' });
    const [good, bad] = ['a.lock', 'b.lock'].map((name) => join(folder, name)) as [string, string];
    expect(packsOf({}, { lock: good })).toStrictEqual({ lock: new Map() });
    expect(packsOf({ lock: good }, { lock: bad })).toStrictEqual({ lock: new Map() });
    expect(() => packsOf({}, { lock: bad })).toThrow(/b\.lock:1:/);
  });

  it('rejects a lock file that does not exist: a misspelt name would check nothing', () => {
    expect(() => parse('--lock', '/no/weir.lock')).toThrow(/cannot be read/);
  });
});
