// A real registry (Debian's docker-registry) for one test, on a port that the system chooses; and whether it is installed.

import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'vitest';
import { ruleFolder } from '../seclang/rule-folder.ts';

const program = join(import.meta.dirname, '..', '..', '.cache', 'peers', 'registry', 'usr', 'bin', 'docker-registry');

/** Whether tests that need a registry are skipped: the set-up could not fetch one. */
export const registryMissing = !existsSync(program);
if (registryMissing) console.warn('docker-registry is missing: tests with a registry are skipped (npm run setup)');

/** Starts a registry that ends with the test. Returns `HOST:PORT`. @param auth lines of its configuration about logins. */
export async function startRegistry(test: TestContext, auth = ''): Promise<string> {
  const folder = ruleFolder(test, {});
  const file = join(folder, 'config.yml');
  const storage = `storage:\n  filesystem:\n    rootdirectory: ${join(folder, 'store')}`;
  writeFileSync(file, `version: 0.1\nlog:\n  level: info\n${storage}\nhttp:\n  addr: 127.0.0.1:0\n${auth}`);
  const child = spawn(program, ['serve', file], { stdio: ['ignore', 'pipe', 'pipe'] });
  test.onTestFinished(async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  });
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    lines.push(line);
    const [, address] = /listening on (127\.0\.0\.1:\d+)/.exec(line) ?? [];
    if (address === undefined) continue;
    child.stderr.resume();
    child.stdout.resume();
    return address;
  }
  throw new Error(`the registry did not start:\n${lines.join('\n')}`);
}
