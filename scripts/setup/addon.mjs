// Weir's own native matcher, built when its sources, its build file or the Node it is for have changed.

import { existsSync } from 'node:fs';
import { runNodeGyp } from './native-build.mjs';
import { cacheFolder, inRoot, root } from './paths.mjs';
import { SetupError, say } from './say.mjs';
import { digestOf, readStamp, writeStamp } from './stamp.mjs';

const addon = inRoot('build', 'Release', 'weir_native.node');
const stamp = `${cacheFolder}/addons/weir_native.digest`;

function digestFor(node) {
  const sources = [inRoot('binding.gyp'), inRoot('native', 'engine'), inRoot('native', 'binding')];
  return digestOf(sources, [node.version, process.arch, process.env.CXX ?? '']);
}

/** Whether the matcher is there, made from the present sources for this Node. */
export function isAddonBuilt(node) {
  return existsSync(addon) && readStamp(stamp) === digestFor(node);
}

/** Makes sure that build/Release/weir_native.node is there and made from the present sources. */
export async function ensureAddon(node) {
  if (isAddonBuilt(node)) return;
  say('building the native matcher; usually 20 to 60 seconds');
  await runNodeGyp('addon', {
    node,
    folder: root,
    commands: ['configure', 'build'],
    cure: 'The compiler\'s message above says why. "rm -rf build" and the same command start afresh.',
  });
  if (!existsSync(addon)) throw new SetupError(`the build left no ${addon}`, 'See .cache/log/addon.log');
  writeStamp(stamp, digestFor(node));
}
