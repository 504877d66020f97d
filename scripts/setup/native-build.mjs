// Runs node-gyp with our Node and its headers, whatever the user's npm configuration says.

import { delimiter, dirname } from 'node:path';
import { runLogged } from './command.mjs';
import { inRoot } from './paths.mjs';

/**
 * The caller's environment with our Node first on PATH and its headers as nodedir. For node-gyp the environment overrides the
 * command line, and npm exports the user's nodedir (often an older Node's) into it.
 */
export function buildEnvironment(node) {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/^npm_config_(nodedir|target|disturl|runtime)$/i.test(name) && !/^npm_package_config_node_gyp_/i.test(name),
  );
  return {
    ...Object.fromEntries(kept),
    PATH: [dirname(node.path), process.env.PATH ?? ''].join(delimiter),
    npm_config_nodedir: node.headers,
  };
}

/** Runs node-gyp in a folder. `commands` are node-gyp's, in order. */
export async function runNodeGyp(name, { node, folder, commands, cure }) {
  const gyp = inRoot('node_modules', 'node-gyp', 'bin', 'node-gyp.js');
  await runLogged(name, node.path, [gyp, ...commands, '-j', 'max', `--nodedir=${node.headers}`], {
    cwd: folder,
    env: buildEnvironment(node),
    cure,
  });
}
