// Runs other programs. A long step writes to a log file; its beginning and end are shown when the step fails.

import { spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { logFolder } from './paths.mjs';
import { SetupError } from './say.mjs';

/** Lines of a failed step's log that are shown: its beginning contains the cause as often as its end. */
const shownLines = { first: 12, last: 30 };

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
  const logPath = join(logFolder, `${name}.log`);
  const log = openLog(logPath);
  const outcome = await new Promise((resolve) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', log, log] });
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(code === 0 ? '' : `it ended with ${signal ?? `status ${code}`}`));
  });
  closeSync(log);
  if (outcome === '') return;
  const problem = `${[program, ...args].join(' ')}: ${outcome}`;
  throw new SetupError(problem, `${shownPart(logPath)}\n\n${cure}\nThe whole log: ${logPath}`);
}

function openLog(path) {
  try {
    mkdirSync(logFolder, { recursive: true });
    return openSync(path, 'w');
  } catch (error) {
    throw new SetupError(
      `cannot write ${path}: ${error.message}`,
      'The set-up works inside the checkout. Run it as the user that owns the checkout.',
    );
  }
}

function shownPart(path) {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  if (lines.length <= shownLines.first + shownLines.last) return lines.join('\n');
  return [...lines.slice(0, shownLines.first), '…', ...lines.slice(-shownLines.last)].join('\n');
}
