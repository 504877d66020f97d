// `weir serve`: one server, several under a supervisor, or one of these several. Turns signals into what they ask for.

import { configOf, type ServeSettings } from '../config/config.ts';
import { startServer } from '../server/server.ts';
import { addressesOf, processIndex } from '../supervise/process-addresses.ts';
import { type Channel, channelOfProcess, serveSupervisor } from '../supervise/supervised.ts';
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
 * Serves until SIGTERM or SIGINT comes, or the admin address is asked to drain; a second signal ends the process at once. SIGHUP
 * reloads configuration and rules. It and SIGUSR1, which programs that rotate logs send, open the log files again. Both are harmless
 * before there are any.
 * @param words of the command line behind `serve`, for the processes of a supervisor.
 */
export async function serve(options: ServeOptions, words: readonly string[]): Promise<void> {
  // A log file that reaches the size which the system allows is a failed write, no reason to die.
  process.on('SIGXFSZ', () => undefined);
  const index = processIndex(process.env);
  if (index !== undefined && process.send !== undefined) await serveAsOneOfSeveral(options, index, channelOfProcess());
  else {
    const notice = heapNotice([...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(/\s+/)]);
    if (notice !== undefined) console.error(`weir: ${notice}`);
    await serveUntilStopped((onDrain) => start(options, words, onDrain));
  }
  // Nothing that is left, such as a connection whose peer does not read, may keep a stopped server alive.
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
  // Rules that take long to load are not waited for when the server shall stop.
  await Promise.race([starting, stopRequest.promise]);
  await stopRequest.promise;
  await served?.stop();
}

/** The supervisor says what to do: signals that a terminal or a service manager sends to all processes are its business. */
async function serveAsOneOfSeveral(options: ServeOptions, index: number, channel: Channel): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR1'] as const) process.on(signal, () => undefined);
  const gone = Promise.withResolvers<void>();
  channel.onGone(gone.resolve);
  const starting = settingsReader(options).then((read) => startServer(() => settingsOfOne(read(), index)));
  starting.catch(channel.close);
  const server = await Promise.race([starting, gone.promise]);
  if (server === undefined) return;
  const stopRequest = Promise.withResolvers<void>();
  serveSupervisor(channel, server, stopRequest.resolve);
  await stopRequest.promise;
  await server.stop();
}

/** Settings of one of several: addresses of its own, and no admin address, which is the supervisor's; the cores are shared already. */
function settingsOfOne({ admin: _, ...settings }: ServeSettings, index: number): ServeSettings {
  return { scanThreads: 0, ...settings, listen: addressesOf(configOf(settings).listen, index) };
}
