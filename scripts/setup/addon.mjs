// Weir's own addons, the matcher and the transport. Built when their sources, their build file or the target Node have changed.

import { existsSync } from 'node:fs';
import { runNodeGyp } from './native-build.mjs';
import { cacheFolder, inRoot, root } from './paths.mjs';
import { SetupError, say } from './say.mjs';
import { digestOf, readStamp, writeStamp } from './stamp.mjs';

const addons = ['weir_native', 'weir_transport'].map((name) => inRoot('build', 'Release', `${name}.node`));
const stamp = `${cacheFolder}/addons/weir_native.digest`;

const areThere = () => addons.every((addon) => existsSync(addon));

function digestFor(node) {
  const sources = [inRoot('binding.gyp'), inRoot('native')];
  return digestOf(sources, [node.version, process.arch, process.env.CXX ?? '']);
}

/** Whether the addons exist, built from the current sources for this Node. */
export function isAddonBuilt(node) {
  return areThere() && readStamp(stamp) === digestFor(node);
}

/** Makes sure that both addons are in build/Release and built from the current sources. */
export async function ensureAddon(node) {
  if (isAddonBuilt(node)) return;
  say('building the native matcher and transport; usually 20 to 60 seconds');
  await runNodeGyp('addon', {
    node,
    folder: root,
    commands: ['configure', 'build'],
    cure: 'The compiler\'s message above says why. "rm -rf build" and the same command start afresh.',
  });
  if (!areThere()) throw new SetupError(`the build left no ${addons.join(' and ')}`, 'See .cache/log/addon.log');
  writeStamp(stamp, digestFor(node));
}
