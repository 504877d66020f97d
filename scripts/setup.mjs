// The whole set-up, in order. Running it again takes a fraction of a second when nothing is to be done.

import { pathToFileURL } from 'node:url';
import { ensureAddon, isAddonBuilt } from './setup/addon.mjs';
import { ensureEnvoy, findEnvoy } from './setup/envoy.mjs';
import { withLock } from './setup/lock.mjs';
import { checkSetupNode, chooseNode } from './setup/node.mjs';
import { ensurePackages, packagesProblem } from './setup/packages.mjs';
import { ensurePeers } from './setup/peers.mjs';
import { say, sayFailure } from './setup/say.mjs';
import { ensureToolchain, missingRequirements } from './setup/toolchain.mjs';

/**
 * What a command can need: npm's packages; also the compiler and libraries; also the built addons; also Envoy; also the
 * parsers of other ecosystems, as far as they are available.
 */
export const levels = ['packages', 'toolchain', 'native', 'envoy', 'peers'];

/** Whether nothing is to be done; inspects the machine, changes nothing. Packages come first: the other checks are in them. */
const isReady = {
  packages: () => packagesProblem() === undefined,
  toolchain: () => missingRequirements().length === 0,
  native: isAddonBuilt,
  envoy: () => findEnvoy() !== undefined,
};

/**
 * What must be ready: running what is already built needs no compiler. The other parsers are not here: which of them are available
 * is known only by trying.
 */
const needed = {
  packages: ['packages'],
  toolchain: ['packages', 'toolchain'],
  native: ['packages', 'native'],
  envoy: ['packages', 'toolchain', 'native', 'envoy'],
};

/**
 * The machine if it is already at a level, for any user and without changes; undefined when something is to be done.
 * @throws SetupError when this machine can never reach it.
 */
export function machineFor(level) {
  checkSetupNode();
  if (needed[level] === undefined || !isReady.packages()) return undefined;
  const node = chooseNode();
  if (!needed[level].every((one) => isReady[one](node))) return undefined;
  return { node, envoy: level === 'envoy' ? findEnvoy() : undefined };
}

/**
 * Brings the machine to a level. One set-up at a time, and no lock when nothing is to be done.
 * @param {'packages' | 'toolchain' | 'native' | 'envoy' | 'peers'} level
 * @returns the Node to run on, and Envoy's path if the level includes it.
 * @throws SetupError with its cure when a step cannot be done.
 */
export async function setUp(level) {
  return machineFor(level) ?? withLock(() => reach(levels.indexOf(level)));
}

async function reach(reached) {
  await ensurePackages();
  const node = chooseNode();
  if (reached >= levels.indexOf('toolchain')) await ensureToolchain();
  if (reached >= levels.indexOf('native')) await ensureAddon(node);
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
