// The commands of docs/packs.md, run one after the other in an empty folder.

import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, it } from 'vitest';
import { ruleFolder } from '../seclang/rule-folder.ts';

const root = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(root, 'docs', 'packs.md'), 'utf8');
const script = [...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block]) => block).join('\n');

it('the commands of docs/packs.md do what the page says', (test) => {
  const bin = ruleFolder(test, {
    weir: `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'src', 'cli', 'main.ts')}" "$@"\n`,
  });
  chmodSync(join(bin, 'weir'), 0o755);
  const folder = ruleFolder(test, {});
  writeFileSync(join(folder, '.script.sh'), script);
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` };
  const { status, stdout, stderr } = spawnSync('bash', ['-eu', '.script.sh'], { cwd: folder, encoding: 'utf8', env });
  expect({ status, stderr }).toStrictEqual({ status: 0, stderr: expect.any(String) as string });
  expect(stdout).toMatch(/^0 errors, 0 warnings, 0 notes$/m);
  expect(stdout).toMatch(/^blocked$/m);
  expect(stdout).toMatch(/: signed by release, review; /);
  expect(stdout).toMatch(/^promoted$/m);
  expect(stdout).toMatch(/^verdicts change$/m);
});
