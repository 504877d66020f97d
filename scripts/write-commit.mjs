// Writes the commit next to the compiled code, for `weir --version`: WEIR_COMMIT if the sources come without git (an image's build),
// otherwise git's. If neither is known there is no file.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from './setup/paths.mjs';

function commitOfCheckout() {
  const words = ['--no-optional-locks', 'describe', '--always', '--dirty', '--abbrev=12', '--exclude=*'];
  try {
    return execFileSync('git', words, { cwd: inRoot(), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return '';
  }
}

const commit = process.env.WEIR_COMMIT || commitOfCheckout();
if (/^[0-9a-f]{7,40}(-dirty)?$/.test(commit))
  writeFileSync(join(process.argv[2] ?? inRoot('dist'), 'commit'), `${commit}\n`);
