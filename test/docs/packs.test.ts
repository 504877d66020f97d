// The commands of pages about packs, run one after the other in an empty folder.

import { execFile } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, type TestContext } from 'vitest';
import { ruleFolder } from '../seclang/rule-folder.ts';
import { registryMissing, startRegistry } from '../support/oci-registry.ts';

const root = join(import.meta.dirname, '..', '..');

/** An environment in which `weir` is a command, and an empty folder. */
function placeOf(test: TestContext) {
  const bin = ruleFolder(test, {
    weir: `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'src', 'cli', 'main.ts')}" "$@"\n`,
  });
  chmodSync(join(bin, 'weir'), 0o755);
  const cwd = ruleFolder(test, {});
  const path = `${bin}${delimiter}${process.env.PATH ?? ''}`;
  return { cwd, env: { ...process.env, PATH: path, DOCKER_CONFIG: cwd } };
}

/** The commands of a page start some thirty processes, one after the other. */
const pageMsMax = 400_000;

/** Runs the blocks of a page and returns their output; blocks that need a registry only if there is one. */
async function run(name: string, test: TestContext): Promise<string> {
  const page = readFileSync(join(root, 'docs', name), 'utf8');
  const blocks = [...page.matchAll(/^```sh( registry)?\n([\s\S]*?)^```/gm)];
  const needsRegistry = blocks.some(([, registry]) => registry !== undefined);
  const script = blocks
    .filter(([, registry]) => registry === undefined || !registryMissing)
    .map(([, , block]) => block)
    .join('\n');
  const registry = needsRegistry && !registryMissing ? { REGISTRY: await startRegistry(test) } : {};
  const { cwd, env } = placeOf(test);
  writeFileSync(join(cwd, '.script.sh'), script);
  // Rejects, with what it printed, when a command fails.
  const options = { cwd, env: { ...env, ...registry }, timeout: pageMsMax };
  const running = promisify(execFile)('bash', ['-eu', '-o', 'pipefail', '.script.sh'], options);
  // A command that reads its input must not wait for it.
  running.child.stdin?.end();
  return (await running).stdout;
}

it('the commands of docs/packs.md do what the page says', async (test) => {
  const stdout = await run('packs.md', test);
  expect(stdout).toMatch(/^0 errors, 0 warnings, 0 notes$/m);
  expect(stdout).toMatch(/^blocked$/m);
  expect(stdout).toMatch(/: signed by release, review; /);
  if (!registryMissing) expect(stdout).toMatch(/^oci:\/\/127\.0\.0\.1:\d+\/packs\/acme-shop:0\.1\.0@sha256:\w{64}$/m);
  expect(stdout).toMatch(/^promoted$/m);
  expect(stdout).toMatch(/^verdicts change$/m);
});

it('the script that makes a virtual patch runs the commands of docs/virtual-patches.md, which do what the page says', async (test) => {
  const script = join(root, 'examples', 'virtual-patch.sh');
  const { stdout } = await promisify(execFile)('sh', [script, 'patch'], placeOf(test));
  expect(stdout).toMatch(/^0 errors, 0 warnings, 0 notes$/m);
  expect(stdout).toMatch(/^blocked here$/m);
  expect(stdout).toMatch(/^and however it is spelled$/m);
  expect(stdout).toMatch(/^a signed, scoped and tested patch after \d+ s: patch\/\.\/cve-2026-12345-0\.1\.0\.tgz$/m);
});
