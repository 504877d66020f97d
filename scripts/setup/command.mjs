// Runs other programs. A long step writes to a log file, of which the end is shown when the step fails.

import { spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { logFolder } from './paths.mjs';
import { SetupError } from './say.mjs';

const shownLogLines = 40;

/** Runs a short program to its end. Returns its output, or undefined when it is missing or fails. */
export function outputOf(program, args = [], options = {}) {
  const run = spawnSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], ...options });
  return run.status === 0 ? run.stdout.trim() : undefined;
}

/** Whether a program can be started at all (found on PATH and executable). */
export function canStart(program, args = ['--version']) {
  return spawnSync(program, args, { stdio: 'ignore' }).error === undefined;
}

/**
 * Runs a long step with its output in `.cache/log/<name>.log`.
 * @throws SetupError with the end of that log when the program fails; `cure` is the advice shown with it.
 */
export async function runLogged(name, program, args, { cure, ...options }) {
  mkdirSync(logFolder, { recursive: true });
  const logPath = join(logFolder, `${name}.log`);
  const log = openSync(logPath, 'w');
  const outcome = await new Promise((resolve) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', log, log] });
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(code === 0 ? '' : `it ended with ${signal ?? `status ${code}`}`));
  });
  closeSync(log);
  if (outcome === '') return;
  const end = readFileSync(logPath, 'utf8').trimEnd().split('\n').slice(-shownLogLines).join('\n');
  throw new SetupError(`${[program, ...args].join(' ')}: ${outcome}`, `${end}\n\n${cure}\nThe whole log: ${logPath}`);
}
