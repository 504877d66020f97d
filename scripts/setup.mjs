// The whole set-up, in order. Doing it again costs a fraction of a second when nothing is to be done.

import { pathToFileURL } from 'node:url';
import { ensureAddon } from './setup/addon.mjs';
import { ensureEnvoy } from './setup/envoy.mjs';
import { withLock } from './setup/lock.mjs';
import { checkSetupNode, chooseNode } from './setup/node.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { ensurePeers } from './setup/peers.mjs';
import { ensureRegexPackage } from './setup/regex-package.mjs';
import { say, sayFailure } from './setup/say.mjs';
import { ensureToolchain } from './setup/toolchain.mjs';

/**
 * What a command can need: npm's packages; also the compiler and libraries; also the built addons; also Envoy; also the
 * parsers of other ecosystems, as far as they can be had.
 */
export const levels = ['packages', 'toolchain', 'native', 'envoy', 'peers'];

/**
 * Brings the machine to a level.
 * @param {'packages' | 'toolchain' | 'native' | 'envoy' | 'peers'} level
 * @returns the Node to run on, and Envoy's path when asked for.
 * @throws SetupError with its cure when a step cannot be done.
 */
export function setUp(level) {
  checkSetupNode();
  return withLock(() => reach(levels.indexOf(level)));
}

async function reach(reached) {
  await ensurePackages();
  const node = chooseNode();
  if (reached >= levels.indexOf('toolchain')) await ensureToolchain();
  if (reached >= levels.indexOf('native')) {
    await ensureRegexPackage(node);
    await ensureAddon(node);
  }
  const envoy = reached >= levels.indexOf('envoy') ? await ensureEnvoy() : undefined;
  if (reached >= levels.indexOf('peers')) await ensurePeers();
  return { node, envoy };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    const { node, envoy } = await setUp('envoy');
    say(`ready: Node ${node.version}, Envoy at ${envoy}`);
  } catch (error) {
    sayFailure(error);
    process.exitCode = 1;
  }
}
