// promtool, which checks the alerts and the metrics: the one on PATH, or else that of Debian's package `prometheus`, unpacked into the
// cache without being installed. Tests that need it are skipped if it is not available.

import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { canStart, runLogged } from './command.mjs';
import { cacheFolder } from './paths.mjs';
import { SetupError, say } from './say.mjs';

const folder = join(cacheFolder, 'promtool');
const unpacked = join(folder, 'usr', 'bin', 'promtool');

/** Its path; undefined when there is none. */
export function findPromtool() {
  return ['promtool', unpacked].find((path) => canStart(path, ['--version']));
}

/** Makes sure that it exists. @throws SetupError when it is not available. */
export async function ensurePromtool() {
  if (findPromtool() !== undefined) return;
  if (!canStart('apt-get') || !canStart('dpkg-deb')) {
    throw new SetupError('promtool is missing', 'Install Prometheus, or put its promtool on PATH.');
  }
  say("fetching promtool, which checks the alerts, out of Debian's package prometheus; usually 5 to 10 seconds");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const cure = "Are Debian's package lists there (apt-get update), and its mirror reachable?";
  await runLogged('promtool-download', 'apt-get', ['download', 'prometheus'], { cwd: folder, cure });
  const [archive] = readdirSync(folder).filter((name) => name.endsWith('.deb'));
  await runLogged('promtool-unpack', 'dpkg-deb', ['-x', join(folder, archive ?? ''), folder], { cure });
  rmSync(join(folder, archive ?? ''), { force: true });
}
