// The last line of a test run, and when a run fails: shown by runs of a small test file.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repository } from './source.ts';

const begin = `import { beforeAll, expect, it } from 'vitest';\n`;

/** The project's configuration, for a folder with one test file. */
const config = `import config from '../../vitest.config.ts';
const { projects, setupFiles, ...test } = config.test;
export default { ...config, test: { ...test, include: ['*.test.ts'] } };
`;

/** Runs a test file, or for undefined one that does not exist. Returns the exit status and the last line. */
function run(text: string | undefined): readonly [status: number | null, lastLine: string | undefined] {
  mkdirSync(join(repository, 'build'), { recursive: true });
  const folder = mkdtempSync(join(repository, 'build', 'tally-'));
  try {
    writeFileSync(join(folder, 'vitest.config.ts'), config);
    if (text !== undefined) writeFileSync(join(folder, 'a.test.ts'), begin + text);
    const vitest = join(repository, 'node_modules', 'vitest', 'vitest.mjs');
    const { status, stdout } = spawnSync(process.execPath, [vitest, 'run'], { cwd: folder, encoding: 'utf8' });
    return [status, stdout.trimEnd().split('\n').at(-1)];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the last line of a run', () => {
  const cases: readonly (readonly [title: string, text: string | undefined, status: number, line: string])[] = [
    [
      'tests that pass and are left out',
      `it('a', () => {}); it.skip('b', () => {});`,
      0,
      '1 passed, 0 failed, 1 skipped',
    ],
    ['a test that fails', `it('a', () => {}); it('b', () => expect(1).toBe(2));`, 1, '1 passed, 1 failed, 0 skipped'],
    ['an error that no test catches', `it('a', () => void Promise.reject(1));`, 1, '1 passed, 1 failed, 0 skipped'],
    ['a file that cannot be read', `expect(1).toBe(2);`, 1, '0 passed, 1 failed, 0 skipped'],
    [
      'a set-up that fails',
      `beforeAll(() => expect(1).toBe(2)); it('a', () => {});`,
      1,
      '0 passed, 1 failed, 1 skipped',
    ],
    ['a process that dies', `it('a', () => void process.abort());`, 1, '0 passed, 1 failed, 1 skipped'],
    ['a file that is not there', undefined, 1, '0 passed, 0 failed, 0 skipped'],
  ];
  for (const [title, text, status, line] of cases) {
    it(`counts ${title}`, () => expect(run(text)).toStrictEqual([status, line]));
  }
});
