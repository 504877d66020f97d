// `npm run demo`: a real Envoy with Weir in front of an upstream, a scenario of benign and hostile traffic, and then time to try it
// yourself. However it ends, it leaves no process or socket behind.

import { renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { type DemoOptions, readOptions, usage } from './options.ts';
import { scenario } from './scenario.ts';
import { Stack } from './stack/stack.ts';
import { play } from './step.ts';
import { tableHead, tableRow } from './words.ts';

const print = (line: string): boolean => process.stdout.write(`${line}\n`);

/** Aborted by Ctrl-C, by other requests to end, and when the parent process is gone. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => controller.abort(new Error(signal)));
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) controller.abort(new Error('the process that started the demo is gone'));
  }, 500).unref();
  return controller.signal;
}

/** Resolves when the signal aborts. */
function aborted(signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    const finish = (): void => resolve(signal.reason instanceof Error ? signal.reason.message : 'interrupted');
    if (signal.aborted) finish();
    else signal.addEventListener('abort', finish, { once: true });
  });
}

/** Throws with a message when something else listens on the port. */
async function checkPort(port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = `port ${port} of 127.0.0.1 is taken; choose another with --port N, or --port 0 for any free one`;
      reject(error.code === 'EADDRINUSE' ? new Error(taken) : error);
    });
    server.listen(port, '127.0.0.1', resolve);
  });
  await new Promise((resolve) => server.close(resolve));
}

function writeState(path: string, stack: Stack, options: DemoOptions): void {
  const { upstream, weir, envoy } = stack;
  const state = {
    mode: options.mode,
    ports: { front: envoy.frontPort, envoyAdmin: envoy.adminPort, ...upstream.ports },
    pids: { demo: process.pid, upstream: upstream.process.pid, weir: weir.pid, envoy: envoy.pid },
    weir: weir.address,
  };
  writeFileSync(`${path}.new`, `${JSON.stringify(state, null, 2)}\n`);
  renameSync(`${path}.new`, path);
}

/** Plays the whole scenario. Stops early when a process of the stack ends. Returns how many steps passed and how many failed. */
async function playScenario(
  stack: Stack,
  options: DemoOptions,
): Promise<{ readonly passed: number; readonly failed: number }> {
  const count = { passed: 0, failed: 0 };
  print(`\n${tableHead}`);
  for (const [at, step] of scenario(options.mode).entries()) {
    const observed = await play(step, stack, `demo-${at + 1}`);
    const problems = step.problems(observed);
    print(tableRow(step, observed, problems));
    count[problems.length === 0 ? 'passed' : 'failed'] += 1;
  }
  return count;
}

/**
 * The scenario's result. When a process has ended or we were told to end, that is the error, not the failure that it caused in
 * the scenario.
 */
async function unlessBroken<Outcome>(scenario: Promise<Outcome>, broken: Promise<string>): Promise<Outcome> {
  const breakOff = broken.then((why) => Promise.reject(new Error(`the scenario was broken off: ${why}`)));
  try {
    return await Promise.race([scenario, breakOff]);
  } catch (error) {
    const moment = new Promise((resolve) => setTimeout(resolve, 1_000));
    await Promise.race([breakOff, moment]);
    throw error;
  } finally {
    breakOff.catch(() => undefined);
  }
}

function sayHowToTry(stack: Stack): void {
  const front = `http://127.0.0.1:${stack.envoy.frontPort}`;
  print(`\nIt stays up until Ctrl-C. Try:
  curl -i '${front}/hello?name=Ada'
  curl -i '${front}/hello' --data-urlencode "name=1' UNION SELECT password FROM users-- "`);
}

async function demo(options: DemoOptions, interrupt: AbortSignal): Promise<number> {
  if (options.port !== 0) await checkPort(options.port);
  const stack = await Stack.start(
    {
      frontPort: options.port,
      mode: options.mode,
      rules: options.rules,
      weirArgs: options.auditLog === undefined ? [] : ['--audit-log', options.auditLog, '--log-values'],
      onProgress: (sentence) => print(`… ${sentence}`),
    },
    interrupt,
  );
  try {
    const broken = Promise.race([aborted(interrupt), stack.firstEnd]);
    if (options.statePath !== undefined) writeState(options.statePath, stack, options);
    print(`ready: Envoy at http://127.0.0.1:${stack.envoy.frontPort}, bodies ${options.mode}; ${stack.weir.readyLine}`);
    const count = await unlessBroken(playScenario(stack, options), broken);
    const summary = `\n${count.passed} passed, ${count.failed} failed`;
    if (!options.exit) {
      print(summary);
      sayHowToTry(stack);
      const why = await broken;
      if (!interrupt.aborted) throw new Error(why);
    }
    await stack.stop();
    if (options.exit) print(summary);
    return count.failed === 0 ? 0 : 1;
  } finally {
    await stack.stop();
  }
}

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = readOptions(args);
    if (options !== 'help') return await demo(options, interruption());
    print(usage);
    return 0;
  } catch (error) {
    process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

// Explicitly, since a step that was interrupted may still wait for a response that no longer matters.
process.exit(await main(process.argv.slice(2)));
