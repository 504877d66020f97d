// `weir serve`: a single server, a supervisor with several, or one of these several. Handles signals.

import { configOf, type ServeSettings } from '../config/config.ts';
import { startServer } from '../server/server.ts';
import type { RulesInForce } from '../supervise/messages.ts';
import { addressesOf, processIndex } from '../supervise/process-addresses.ts';
import { type Channel, channelOfProcess, guardOfProcess, serveSupervisor } from '../supervise/supervised.ts';
import { commonExitCodes } from './define-command.ts';
import { endProcess } from './end-process.ts';
import { heapNotice } from './heap.ts';
import { type ServeOptions, settingsReader } from './serve-options.ts';

/** What signals act on: a server, or a supervisor. */
interface Served {
  readonly readyLine: string;
  readonly reload: () => Promise<unknown>;
  readonly reopenLogs: () => void;
  readonly stop: () => Promise<void>;
}

/**
 * Serves until SIGTERM or SIGINT, or a request to drain through the admin address; a second signal ends the process immediately.
 * SIGHUP reloads configuration and rules; it and SIGUSR1, which log rotation programs send, reopen the log files. Both are
 * harmless before files are open.
 * @param words of the command line after `serve`, for the processes of a supervisor.
 */
export async function serve(options: ServeOptions, words: readonly string[]): Promise<void> {
  // A log file that reaches the system's size limit is a failed write, not a reason to exit.
  process.on('SIGXFSZ', () => undefined);
  const index = processIndex(process.env);
  if (index !== undefined && process.send !== undefined) await serveAsOneOfSeveral(options, index, channelOfProcess());
  else {
    const notice = heapNotice([...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(/\s+/)]);
    if (notice !== undefined) console.error(`weir: ${notice}`);
    await serveUntilStopped((onDrain) => start(options, words, onDrain));
  }
  // Nothing that remains, such as a connection whose peer does not read, may keep a stopped server alive.
  endProcess(commonExitCodes.done);
}

async function start(options: ServeOptions, words: readonly string[], onDrain: () => void): Promise<Served> {
  const readSettings = await settingsReader(options);
  const config = configOf(readSettings());
  if (config.processes === 1) return startServer(readSettings, { onDrain });
  const { startSupervisor } = await import('../supervise/supervisor.ts');
  const program = process.argv[1] ?? '';
  return startSupervisor({ program, words: ['serve', ...words], config, onDrain });
}

async function serveUntilStopped(begin: (onDrain: () => void) => Promise<Served>): Promise<void> {
  const stopRequest = Promise.withResolvers<void>();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      stopRequest.resolve();
      process.once(signal, () => endProcess(commonExitCodes.failed));
    });
  }
  let served: Served | undefined;
  for (const signal of ['SIGHUP', 'SIGUSR1'] as const) process.on(signal, () => served?.reopenLogs());
  process.on('SIGHUP', () => void served?.reload());
  const starting = begin(stopRequest.resolve).then((started) => {
    served = started;
    console.log(started.readyLine);
  });
  // A stop does not wait for rules that take long to load.
  await Promise.race([starting, stopRequest.promise]);
  await stopRequest.promise;
  await served?.stop();
}

/**
 * The supervisor tells this process what to do, and handles the signals that a terminal or a service manager sends to all
 * processes.
 */
async function serveAsOneOfSeveral(options: ServeOptions, index: number, channel: Channel): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR1'] as const) process.on(signal, () => undefined);
  const gone = Promise.withResolvers<void>();
  channel.onGone(gone.resolve);
  const guard = guardOfProcess();
  const onRules = (rules: RulesInForce): void => channel.send({ kind: 'rules', rules });
  const starting = settingsReader(options).then((read) =>
    startServer(() => settingsOfOne(read(), index), { guard, onRules }),
  );
  starting.catch(channel.close);
  const server = await Promise.race([starting, gone.promise]);
  if (server === undefined) return;
  const stopRequest = Promise.withResolvers<void>();
  serveSupervisor(channel, { server, guard, stop: stopRequest.resolve });
  await stopRequest.promise;
  await server.stop();
}

/**
 * Settings of one of several processes: its own addresses, no admin address (the supervisor has it), and by default no scan
 * threads, because the processes already share the cores.
 */
function settingsOfOne({ admin: _, ...settings }: ServeSettings, index: number): ServeSettings {
  return { scanThreads: 0, ...settings, listen: addressesOf(configOf(settings).listen, index) };
}
