// Allows one set-up at a time in a checkout: two commands started together must not build into the same folders. A lock whose owner is gone
// is taken over.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './paths.mjs';
import { SetupError, say } from './say.mjs';

const path = join(cacheFolder, 'setup.lock');
const pollMs = 200;

/** Whether the process that holds the lock is running. An unreadable lock is just being written or removed. */
function ownerIsAlive() {
  try {
    process.kill(Number(readFileSync(path, 'utf8')), 0);
    return true;
  } catch (error) {
    return error.code !== 'ESRCH';
  }
}

function tryToTake() {
  try {
    mkdirSync(cacheFolder, { recursive: true });
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw new SetupError(
      `cannot write ${path}: ${error.message}`,
      'The set-up works inside the checkout. Run it as the user that owns the checkout.',
    );
  }
}

/** Runs `work` while no other set-up of this checkout runs; waits for one that does. Returns what `work` returns. */
export async function withLock(work) {
  let hasSaid = false;
  while (!tryToTake()) {
    if (!ownerIsAlive()) {
      rmSync(path, { force: true });
      continue;
    }
    if (!hasSaid) say('another set-up of this checkout is under way; waiting for it');
    hasSaid = true;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}
