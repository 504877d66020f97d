import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packArchive, packFiles } from '../../pack/pack-files.ts';
import { ruleFolder } from '../../seclang/rule-folder.ts';
import { runPack } from './run-pack.ts';

describe('weir pack sign', () => {
  it('adds signatures, and drops those of different bytes', async (test) => {
    const archive = await packArchive(test);
    const [a, b] = ['a', 'b'].map((name) => join(dirname(archive), name));
    for (const name of [a, b]) await runPack('keygen', name as string);
    expect((await runPack('sign', archive, '--key', `${a}.key`)).out).toMatch(/, 1 in all\n$/);
    expect((await runPack('sign', archive, '--key', `${b}.key`)).out).toMatch(/, 2 in all\n$/);
    expect((await runPack('sign', archive, '--key', `${a}.key`)).out).toMatch(/, 2 in all\n$/);
    const other = await packArchive(test, packFiles({ 'more.conf': '' }));
    writeFileSync(archive, readFileSync(other));
    expect((await runPack('sign', archive, '--key', `${b}.key`)).out).toMatch(/, 1 in all\n$/);
  });

  it('refuses what is not an archive and what is not a key', async (test) => {
    const archive = await packArchive(test);
    const folder = ruleFolder(test, { ...packFiles(), 'a.txt': 'not a key' });
    const codeOf = async (...words: string[]) => (await runPack('sign', ...words)).code;
    expect(await codeOf(folder, '--key', join(folder, 'a.txt'))).toBe(2);
    expect(await codeOf(archive, '--key', join(folder, 'a.txt'))).toBe(2);
    expect(await codeOf(archive, '--key', join(folder, 'no'))).toBe(2);
    expect(await codeOf(archive)).toBe(2);
  });
});
