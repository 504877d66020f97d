// The OCI registry that tests push packs to and pull them from: Debian's docker-registry, unpacked in the cache, not installed. If it is
// not available, nothing fails: its tests are skipped.

import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { outputOf, runLogged } from './command.mjs';
import { cacheFolder } from './paths.mjs';
import { SetupError, say } from './say.mjs';

const folder = join(cacheFolder, 'peers', 'registry');

/** Path of the program, whether it exists or not. */
export const registryProgram = join(folder, 'usr', 'bin', 'docker-registry');

/** Makes sure that the registry exists. @throws SetupError when it is not available. */
export async function ensureRegistry() {
  if (existsSync(registryProgram)) return;
  if (outputOf('apt-get', ['--version']) === undefined) {
    throw new SetupError('this system has no apt-get', 'Its package docker-registry is used by tests only.');
  }
  say('fetching an OCI registry, which tests push packs to; usually 2 to 10 seconds');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const options = { cwd: folder, cure: "Is Debian's package mirror reachable from here?" };
  const download = () => runLogged('registry-download', 'apt-get', ['download', 'docker-registry'], options);
  try {
    await download();
  } catch (error) {
    if (process.getuid?.() !== 0) throw error;
    await runLogged('registry-update', 'apt-get', ['update'], options);
    await download();
  }
  const archive = readdirSync(folder).find((name) => name.endsWith('.deb')) ?? '';
  await runLogged('registry-unpack', 'dpkg-deb', ['-x', join(folder, archive), folder], options);
}
