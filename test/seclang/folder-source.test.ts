import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FolderSource, isBelow, isFile, isFolder, readRegular } from '../../src/seclang/folder-source.ts';
import { ruleFolder } from './rule-folder.ts';

// What is read and what is rejected is tested through FileReader and RuleReader.
describe('FolderSource', () => {
  it('lists a folder, for a pack only inside of it', (test) => {
    const folder = ruleFolder(test, { 'pack/a.conf': '', 'pack/b.conf': '', 'other/c.conf': '' });
    symlinkSync(join(folder, 'other'), join(folder, 'pack/out'));
    const pack = join(folder, 'pack');
    const names = (isConfined: boolean, name: string) => new FolderSource(pack, { isConfined }).list(join(pack, name));
    expect(new Set(names(true, '.'))).toStrictEqual(new Set(['a.conf', 'b.conf', 'out']));
    expect(names(false, 'out')).toStrictEqual(['c.conf']);
    for (const name of ['out', '..', '../other']) {
      expect(() => names(true, name), name).toThrow(/^it is outside the pack$/);
    }
    expect(names(true, 'no')).toStrictEqual([]);
  });
});

describe('readRegular', () => {
  it('reads up to the caller’s limit', (test) => {
    const file = join(ruleFolder(test, { a: 'abc' }), 'a');
    expect(readRegular(file, 3).toString()).toBe('abc');
    expect(() => readRegular(file, 2)).toThrow(/^it is larger than 2 bytes$/);
  });
});

describe('isBelow', () => {
  it('compares whole names', () => {
    const cases = [
      ['/a/b', '/a/b'],
      ['/a/b', '/a/b/c'],
      ['/a/b', '/a/b/..c'],
      ['/', '/a'],
      ['/a/b', '/a/bc'],
      ['/a/b', '/a'],
      ['/a/b', '/a/..b'],
      ['/a/b', '/c'],
    ] as const;
    expect(cases.map(([folder, real]) => isBelow(folder, real))).toStrictEqual([
      true,
      true,
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('isFile and isFolder', () => {
  it('distinguish files, folders and nothing', (test) => {
    const folder = ruleFolder(test, { a: '' });
    expect([isFile(folder), isFolder(folder)]).toStrictEqual([false, true]);
    expect([isFile(join(folder, 'a')), isFolder(join(folder, 'a'))]).toStrictEqual([true, false]);
    for (const name of ['b', 'a/b', 'a\0b', 'x'.repeat(5_000)]) {
      expect([isFile(join(folder, name)), isFolder(join(folder, name))], name.slice(0, 9)).toStrictEqual([
        false,
        false,
      ]);
    }
  });
});
