// A real Envoy, started for demo or tests on ports that the system chooses, and removed afterwards. Knows ext_proc only from the
// configuration that it is given.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child, waitFor } from './child.ts';
import { type EnvoyOptions, envoyConfig } from './envoy-config.ts';

const startMsMax = 30_000;

/** One line of Envoy's access log. */
export interface AccessLogEntry {
  readonly method: string | null;
  readonly path: string | null;
  readonly status: number;
  readonly details: string | null;
  readonly milliseconds: number;
  readonly bytes_received: number;
  readonly bytes_sent: number;
  /** Weir's dynamic metadata for the exchange; null when there is none. */
  readonly weir: Readonly<Record<string, unknown>> | null;
}

/** How to start Envoy, apart from its configuration. */
export interface EnvoyStart extends Omit<EnvoyOptions, 'accessLogPath'> {
  /** Path of the binary; by default the one that the set-up found (WEIR_ENVOY). */
  readonly binary?: string;
  /** Worker threads; 1 by default. */
  readonly workers?: number;
}

/** A running Envoy. */
export class Envoy {
  readonly process: Child;
  readonly frontPort: number;
  readonly adminPort: number;
  readonly #folder: string;

  private constructor(child: Child, folder: string, ports: { readonly front: number; readonly admin: number }) {
    this.process = child;
    this.#folder = folder;
    this.frontPort = ports.front;
    this.adminPort = ports.admin;
  }

  /** Starts Envoy and waits until it accepts requests. Throws with Envoy's own output if it does not. */
  static async start(options: EnvoyStart): Promise<Envoy> {
    const folder = mkdtempSync(join(tmpdir(), 'weir-envoy-'));
    const configPath = join(folder, 'envoy.json');
    const adminPath = join(folder, 'admin-address');
    writeFileSync(configPath, envoyConfig({ ...options, accessLogPath: join(folder, 'access.log') }));
    const child = new Child({
      name: 'Envoy',
      program: options.binary ?? envoyBinary(),
      args: envoyArguments(configPath, adminPath, options.workers),
    });
    try {
      const admin = await waitFor(child, 'its admin address', startMsMax, async () => portIn(adminPath));
      await waitFor(child, 'it to be live', startMsMax, async () => ((await isLive(admin)) ? true : undefined));
      return new Envoy(child, folder, { admin, front: await frontPortOf(admin) });
    } catch (error) {
      await child.stop('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  get pid(): number {
    return this.process.pid;
  }

  /** The access log so far, oldest first. Envoy writes it every 100 ms or so: see `logEntry` for waiting. */
  accessLog(): AccessLogEntry[] {
    const text = fileText(join(this.#folder, 'access.log')) ?? '';
    const complete = text.slice(0, text.lastIndexOf('\n') + 1);
    return complete
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as AccessLogEntry);
  }

  /** Waits for an access log entry that `fits` accepts. Throws when there is none within `withinMs`. */
  async logEntry(fits: (entry: AccessLogEntry, index: number) => boolean, withinMs = 10_000): Promise<AccessLogEntry> {
    return waitFor(this.process, 'an entry of the access log', withinMs, async () => {
      await fetch(`http://127.0.0.1:${this.adminPort}/reopen_logs`, { method: 'POST' });
      return this.accessLog().find(fits);
    });
  }

  /** Envoy's counters and gauges whose names match, by name. */
  async stats(pattern: RegExp): Promise<Map<string, number>> {
    const answer = await fetch(`http://127.0.0.1:${this.adminPort}/stats?filter=${encodeURIComponent(pattern.source)}`);
    const lines = (await answer.text()).split('\n').filter((line) => line.includes(': '));
    return new Map(
      lines.map((line) => line.split(': ') as [string, string]).map(([name, value]) => [name, Number(value)]),
    );
  }

  /** Ends it and removes its files. Idempotent. */
  async stop(): Promise<void> {
    await this.process.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Path of the Envoy to run: WEIR_ENVOY, which the set-up sets, or else the one in its cache. */
export function envoyBinary(): string {
  const path = process.env.WEIR_ENVOY;
  if (path !== undefined && path !== '') return path;
  return join(import.meta.dirname, '..', '..', '.cache', 'envoy', '1.40.0', 'envoy');
}

function envoyArguments(configPath: string, adminPath: string, workers = 1): string[] {
  return [
    ...['--config-path', configPath],
    ...['--admin-address-path', adminPath],
    ...['--concurrency', String(workers)],
    ...['--log-level', 'warning'],
    ...['--drain-time-s', '1'],
    '--disable-hot-restart',
    '--use-dynamic-base-id',
  ];
}

function fileText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function portIn(path: string): number | undefined {
  const port = fileText(path)?.match(/:(\d+)\s*$/)?.[1];
  return port === undefined ? undefined : Number(port);
}

async function isLive(adminPort: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${adminPort}/ready`)).ok;
  } catch {
    return false;
  }
}

async function frontPortOf(adminPort: number): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${adminPort}/listeners?format=json`);
  const { listener_statuses: listeners } = (await answer.json()) as {
    readonly listener_statuses: readonly {
      readonly local_address: { readonly socket_address: { readonly port_value: number } };
    }[];
  };
  const port = listeners[0]?.local_address.socket_address.port_value;
  if (port === undefined) throw new Error('Envoy has no listener');
  return port;
}
