// The entry point: `node scripts/run.mjs <task> …arguments` sets up what the task needs, then runs the task on Weir's Node. The scripts in
// package.json use it; bin/weir has its own (weir.mjs).

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { environmentFor } from './environment.mjs';
import { inRoot, root } from './setup/paths.mjs';
import { say, sayFailure } from './setup/say.mjs';
import { setUp } from './setup.mjs';
import { tasks } from './tasks.mjs';

/** How often a lost parent is noticed: servers must not stay behind when npm is killed. */
const parentCheckMs = 500;

/** A file of a process in /proc, or '' if there is none. */
function ofProcess(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8').trim();
  } catch {
    return '';
  }
}

/** The processes whose end must end this one: our parent, and npm above it when the parent is only the shell that npm started. */
function starters() {
  const parent = process.ppid;
  const isShell = process.env.npm_lifecycle_event !== undefined && /^(sh|dash|bash)$/.test(ofProcess(parent, 'comm'));
  return isShell ? `${parent} ${ofProcess(parent, 'stat').split(') ')[1]?.split(' ')[1]}` : `${parent}`;
}

const startedBy = starters();

/** Runs one step to its end, passing signals on. Returns the exit status as a shell would report it. */
function runStep(step, machine, given) {
  const program = step.program === 'node' ? machine.node.path : inRoot('node_modules', '.bin', step.program);
  const child = spawn(program, [...step.args, ...(step.takesArguments ? given : [])], {
    cwd: root,
    stdio: 'inherit',
    env: environmentFor(machine),
  });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1'];
  const passOn = (signal) => child.kill(signal);
  for (const signal of signals) process.on(signal, passOn);
  const watch = setInterval(() => starters() !== startedBy && child.kill('SIGTERM'), parentCheckMs);
  return new Promise((resolve) => {
    const finish = (status) => {
      clearInterval(watch);
      for (const signal of signals) process.off(signal, passOn);
      resolve(status);
    };
    child.once('error', (error) => {
      say(`cannot start ${program}: ${error.message}`);
      finish(127);
    });
    child.once('exit', (code, signal) => finish(code ?? 128 + constants.signals[signal]));
  });
}

async function main([name, ...given]) {
  const task = tasks[name];
  if (task === undefined) {
    say(`unknown task "${name ?? ''}"; there are: ${Object.keys(tasks).join(', ')}`);
    return 2;
  }
  const machine = await setUp(task.needs);
  const failed = [];
  for (const step of task.steps) {
    const status = await runStep(step, machine, given);
    if (status === 0) continue;
    if (task.steps.length === 1) return status;
    failed.push(step.name);
    if (status > 128) break;
    if (step !== task.steps.at(-1)) say(`${step.name} failed with status ${status}; going on with the rest`);
  }
  if (failed.length > 0) say(`FAILED: ${failed.join(', ')}`);
  return failed.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  sayFailure(error);
  process.exitCode = 1;
}
