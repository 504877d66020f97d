// Starts an ext_proc server, or none, behind a real Envoy in front of the service. Knows nothing of what the server does.

import { join } from 'node:path';
import { Child, waitFor } from '../../../demo/stack/child.ts';
import { Envoy } from '../../../demo/stack/envoy.ts';
import type { Address, EnvoyOptions } from '../../../demo/stack/envoy-config.ts';
import type { RunningSystem, SystemSetting } from '../system.ts';

const readyMsMax = 120_000;

/** A running ext_proc server. */
export interface Filter {
  readonly pid: number;
  readonly addresses: readonly Address[];
  readonly version: string;
  idsOf(probe: string): ReadonlySet<number>;
  stop(): Promise<unknown>;
}

/** How Envoy connects to the filter and sends it bodies; by default as Weir's users have it. */
export type WayOptions = Pick<EnvoyOptions, 'requestMode' | 'bufferLimitBytes' | 'weirTls'>;

/** Starts Envoy with the filter, or without any. The filter is stopped with Envoy, also if Envoy does not start. */
export async function behindEnvoy(
  setting: SystemSetting,
  filter: Filter | undefined,
  way: WayOptions = {},
): Promise<RunningSystem> {
  try {
    const envoy = await Envoy.start({
      weir: filter?.addresses,
      upstream: { port: setting.servicePort },
      messageTimeout: '600s',
      workers: setting.size?.envoyWorkers ?? 1,
      ...way,
    });
    return {
      port: envoy.frontPort,
      filterPid: filter?.pid,
      envoyPid: envoy.pid,
      version: filter?.version ?? '',
      idsOf: (probe) => filter?.idsOf(probe) ?? new Set(),
      stop: async () => {
        await envoy.stop();
        await filter?.stop();
      },
    };
  } catch (error) {
    await filter?.stop();
    throw error;
  }
}

/** A program that takes the path of a socket and prints `ready`. */
export interface SocketProgram {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly onLine?: (line: string) => void;
}

/** Starts such a program. The arguments `before` come before the socket's path, `args` after it. */
export async function startOnSocket(
  setting: SystemSetting,
  { name, program, args, onLine, before = [] }: SocketProgram & { readonly before?: readonly string[] },
): Promise<Omit<Filter, 'version' | 'idsOf'>> {
  const socket = join(setting.folder, 'filter.sock');
  let isReady = false;
  const child = new Child({
    name,
    program,
    args: [...before, socket, ...args],
    onLine: (line) => {
      isReady ||= line === 'ready';
      onLine?.(line);
    },
  });
  try {
    await waitFor(child, 'it to be ready', readyMsMax, () => Promise.resolve(isReady || undefined));
  } catch (error) {
    await child.stop('SIGKILL');
    throw error;
  }
  return { pid: child.pid, addresses: [{ socket }], stop: () => child.stop() };
}
