// `bin/weir` in a checkout: runs the sources on the Node that the set-up chose, from any folder and as any user. To serve, to print help or
// to print the version, it never sets anything up.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { environmentFor } from './environment.mjs';
import { inRoot } from './setup/paths.mjs';
import { say, sayFailure } from './setup/say.mjs';
import { machineFor, setUp } from './setup.mjs';

/** src/cli/heap.ts gives the reasons. */
const nodeArguments = ['--no-memory-reducer', '--min-semi-space-size=8', '--max-semi-space-size=32'];

/** The help text before the set-up has run. */
const helpBefore = `Usage: weir [options] [command]

A streaming web application firewall for Envoy. It is not set up here yet: run "npm run setup" in
${inRoot()}

Commands: serve, check, explain, test; docs/commands.md describes them.
`;

const asksForVersion = ([first]) => first === '--version' || first === '-V';
const asksForHelp = (words) =>
  words.length === 0 || words[0] === 'help' || words.some((word) => /^(--help|-h)$/.test(word));

/** Replaces this process with Weir's command line. Where Node cannot do that, runs it as a child and passes signals on. */
function become(machine, words) {
  const args = [...nodeArguments, inRoot('src', 'cli', 'main.ts'), ...words];
  const env = environmentFor(machine);
  if (typeof process.execve === 'function') process.execve(machine.node.path, [machine.node.path, ...args], env);
  const child = spawn(machine.node.path, args, { stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1']) process.on(signal, () => child.kill(signal));
  child.once('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
}

/** Runs Weir's command line with these arguments. Sets the exit code, or never returns. */
export async function runWeir(words) {
  try {
    const ready = machineFor('native') ?? (asksForHelp(words) ? machineFor('packages') : undefined);
    if (ready !== undefined) {
      become(ready, words);
    } else if (asksForVersion(words)) {
      const { name, version } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
      process.stdout.write(`${name} ${version} (not set up)\n`);
    } else if (asksForHelp(words)) {
      process.stdout.write(helpBefore);
    } else if (words[0] === 'serve') {
      say(`Weir is not set up, or its sources have changed since. Run "npm run setup" in ${inRoot()} first.`);
      process.exitCode = 1;
    } else {
      become(await setUp('native'), words);
    }
  } catch (error) {
    sayFailure(error);
    process.exitCode = 1;
  }
}
