import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fileProblem } from '../../src/base/file-problem.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-file-problem-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'file'), '\xff', 'latin1');
writeFileSync(join(folder, 'closed'), '');
chmodSync(join(folder, 'closed'), 0);
symlinkSync('circle', join(folder, 'circle'));

function problemOf(read: () => unknown): string {
  try {
    read();
    return '';
  } catch (error) {
    return fileProblem(error);
  }
}

describe('fileProblem', () => {
  const cases: readonly (readonly [name: string, sentence: string])[] = [
    ['none', 'no such file'],
    ['file/none', 'a part of its path is not a folder'],
    ['', 'it is a folder'],
    ['circle', 'its symbolic links lead in a circle'],
    ['a'.repeat(300), 'its name is too long'],
    ['a\0b', 'its name contains a NUL'],
    ['file', 'it is not UTF-8'],
  ];
  for (const [name, sentence] of cases) {
    it(`says "${sentence}"`, () => {
      const read = () => new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(join(folder, name)));
      expect(problemOf(read)).toBe(sentence);
    });
  }

  // Root may read every file.
  it.skipIf(process.geteuid?.() === 0)('reports that permission is denied', () => {
    expect(problemOf(() => readFileSync(join(folder, 'closed')))).toBe('permission denied');
  });

  it('keeps the message of other errors', () => {
    expect(fileProblem(new Error('it is too large'))).toBe('it is too large');
    expect(fileProblem(Object.assign(new Error('disk'), { code: 'EIO' }))).toBe('disk');
    expect(fileProblem('odd')).toBe('odd');
    expect(fileProblem(undefined)).toBe('undefined');
  });
});
