// The environment of everything that is run after the set-up. Knows no task.

import { delimiter } from 'node:path';
import { inRoot } from './setup/paths.mjs';

/** The caller's environment, with what the set-up found: programs of node_modules on PATH, Node, Envoy. */
export function environmentFor({ node, envoy }) {
  const folders = [inRoot('node_modules', '.bin'), process.env.PATH ?? ''];
  const environment = {
    // Node caches the compiled sources: half a second less for each process.
    NODE_COMPILE_CACHE: inRoot('.cache', 'node'),
    ...process.env,
    PATH: folders.join(delimiter),
    WEIR_NODE: node.path,
  };
  return envoy === undefined ? environment : { ...environment, WEIR_ENVOY: envoy };
}
