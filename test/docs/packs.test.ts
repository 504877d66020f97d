// The commands of pages about packs, run one after the other in an empty folder.

import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, it, type TestContext } from 'vitest';
import { ruleFolder } from '../seclang/rule-folder.ts';

const root = join(import.meta.dirname, '..', '..');

/** Runs the blocks of a page, and gives what they print. */
function run(name: string, test: TestContext): string {
  const page = readFileSync(join(root, 'docs', name), 'utf8');
  const script = [...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block]) => block).join('\n');
  const bin = ruleFolder(test, {
    weir: `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'src', 'cli', 'main.ts')}" "$@"\n`,
  });
  chmodSync(join(bin, 'weir'), 0o755);
  const folder = ruleFolder(test, {});
  writeFileSync(join(folder, '.script.sh'), script);
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` };
  const { status, stdout, stderr } = spawnSync('bash', ['-eu', '.script.sh'], { cwd: folder, encoding: 'utf8', env });
  expect({ status, stderr }).toStrictEqual({ status: 0, stderr: expect.any(String) as string });
  return stdout;
}

it('the commands of docs/packs.md do what the page says', (test) => {
  const stdout = run('packs.md', test);
  expect(stdout).toMatch(/^0 errors, 0 warnings, 0 notes$/m);
  expect(stdout).toMatch(/^blocked$/m);
  expect(stdout).toMatch(/: signed by release, review; /);
  expect(stdout).toMatch(/^promoted$/m);
  expect(stdout).toMatch(/^verdicts change$/m);
});

it('the commands of docs/virtual-patches.md do what the page says', (test) => {
  const stdout = run('virtual-patches.md', test);
  expect(stdout).toMatch(/^0 errors, 0 warnings, 0 notes$/m);
  expect(stdout).toMatch(/^blocked here$/m);
  expect(stdout).toMatch(/^and however it is spelled$/m);
});
