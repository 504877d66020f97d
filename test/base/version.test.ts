import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import description from '../../package.json' with { type: 'json' };
import { packageCommit, packageVersion } from '../../src/base/version.ts';
import { repository } from '../house/source.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-version-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('packageVersion', () => {
  it('is the package’s version', () => {
    expect(packageVersion()).toBe(description.version);
  });
});

describe('packageCommit', () => {
  it.skipIf(!existsSync(join(repository, '.git')) && 'no checkout')('is git’s commit in a checkout', () => {
    const head = execFileSync('git', ['-C', repository, 'rev-parse', 'HEAD'], { encoding: 'utf8' });
    const [commit = ''] = (packageCommit() ?? '').split('-');
    expect(commit.length).toBeGreaterThanOrEqual(12);
    expect(head.startsWith(commit), `${head} ${commit}`).toBe(true);
  });

  it.each([
    ['is what the build left', 'abcdef0123456\n', 'abcdef0123456'],
    ['is unknown to a copy, also inside a repository of somebody else', undefined, undefined],
  ])('%s', async (name, written, expected) => {
    const copy = join(folder, name.replaceAll(' ', '-'), 'modules', 'weir');
    mkdirSync(join(copy, 'dist', 'base'), { recursive: true });
    execFileSync('git', ['init', '--quiet', join(copy, '..', '..')]);
    const source = join(copy, 'dist', 'base', 'version.ts');
    cpSync(join(repository, 'src', 'base', 'version.ts'), source);
    if (written !== undefined) writeFileSync(join(copy, 'dist', 'commit'), written);
    const script = `console.log((await import('${source}')).packageCommit())`;
    const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' });
    expect(printed.trim()).toBe(String(expected));
  });
});
