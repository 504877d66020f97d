import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newPackOf, writeNewPack } from '../../../src/cli/pack/new-pack.ts';
import { ruleFolder } from '../../seclang/rule-folder.ts';

describe('newPackOf', () => {
  it('takes the name of the folder, and the first id of the range', (test) => {
    const folder = join(ruleFolder(test, {}), 'acme');
    expect(newPackOf(folder, '5000-5099')).toStrictEqual({ name: 'acme', firstId: 5_000 });
  });

  it('rejects an existing folder, an invalid pack name, and ids that are not a range', (test) => {
    const folder = ruleFolder(test, { 'acme/rules.conf': 'mine' });
    expect(() => newPackOf(join(folder, 'acme'), '1-9')).toThrow(/acme exists already/);
    expect(() => newPackOf(join(folder, 'Acme'), '1-9')).toThrow(/"Acme" is not a pack name/);
    expect(() => newPackOf(join(folder, 'other'), '9-1')).toThrow(/--ids "9-1" is not a range/);
  });
});

describe('writeNewPack', () => {
  it('writes each file into its folder, prints where, and overwrites nothing', (test) => {
    const folder = join(ruleFolder(test, {}), 'acme');
    const printed: string[] = [];
    const printer = { print: (text: string) => void printed.push(text), warn: () => undefined };
    const write = (text: string): void => writeNewPack(folder, new Map([['tests/1.yaml', text]]), printer);
    write('first');
    expect(() => write('second')).toThrow(expect.objectContaining({ code: 'EEXIST' }));
    expect(printed).toStrictEqual([`${join(folder, 'tests/1.yaml')}\n`]);
    expect(readFileSync(join(folder, 'tests/1.yaml'), 'utf8')).toBe('first');
  });
});
