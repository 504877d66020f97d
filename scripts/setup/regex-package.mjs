// npm's re2, which tests hold our own RE2 against, built from the sources that its package carries. The result is kept in the cache, so that a later
// `npm ci` does not cost the build again.

import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { outputOf } from './command.mjs';
import { runNodeGyp } from './native-build.mjs';
import { cacheFolder, inRoot } from './paths.mjs';
import { say } from './say.mjs';
import { readStamp, writeStamp } from './stamp.mjs';

const loads = (node, addon) => outputOf(node.path, ['-e', `require(${JSON.stringify(addon)})`]) !== undefined;

const folder = inRoot('node_modules', 're2');
const addon = join(folder, 'build', 'Release', 're2.node');
const stamp = join(folder, 'build', 'built-for');

function identityFor(node) {
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return `re2-${version}-node-${node.version}-${process.platform}-${process.arch}`;
}

/** Whether npm's re2, which must be installed, is built for this Node. */
export function isRegexPackageBuilt(node) {
  return existsSync(addon) && readStamp(stamp) === identityFor(node);
}

/** Makes sure that npm's re2 is built for the chosen Node. */
export async function ensureRegexPackage(node) {
  if (isRegexPackageBuilt(node)) return;
  const identity = identityFor(node);
  const kept = join(cacheFolder, 'addons', identity, 're2.node');
  if (!loads(node, addon) && existsSync(kept)) {
    mkdirSync(dirname(addon), { recursive: true });
    copyFileSync(kept, addon);
  }
  if (!loads(node, addon)) {
    say("building npm's re2 from source; usually 90 seconds on 2 cores, once");
    await runNodeGyp('re2', {
      node,
      folder,
      commands: ['rebuild'],
      cure: 'The compiler\'s message above says what is missing; "rm -rf node_modules" and the same command start afresh.',
    });
  }
  mkdirSync(dirname(kept), { recursive: true });
  copyFileSync(addon, kept);
  writeStamp(stamp, identity);
}
