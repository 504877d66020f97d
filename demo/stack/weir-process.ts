// Weir as users run it: `weir serve` in a process of its own, started for demo and tests on a Unix socket. Knows only its command line and
// its ready line.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { heapArguments } from '../../src/cli/heap.ts';
import type { TransportName } from '../../src/ext-proc/transports.ts';
import { Child, waitFor } from './child.ts';
import type { Address } from './envoy-config.ts';

const startMsMax = 120_000;

/** Linux counts processor time in hundredths of a second (USER_HZ). */
const msPerTick = 10;

/** How to start Weir. */
export interface WeirStart {
  /** Packs, files or folders of rules; none means the starter pack. */
  readonly rules?: readonly string[];
  /** The program to run; undefined: the sources. */
  readonly program?: string;
  /** The transport; undefined: the default. */
  readonly transport?: TransportName;
  /** Further arguments of `weir serve`. */
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Called for each line that it prints. */
  readonly onLine?: (line: string) => void;
  /** Called with sentences of the log before Weir is ready: progress, and notes about the rules. */
  readonly onProgress?: (sentence: string) => void;
}

/** Memory of a process in bytes: resident now, and the highest so far. */
export interface Memory {
  readonly residentBytes: number;
  readonly peakBytes: number;
}

/** A running `weir serve`. */
export class WeirProcess {
  readonly process: Child;
  readonly address: Address;
  /** The line it printed when it was ready. */
  readonly readyLine: string;
  readonly #folder: string;

  private constructor(child: Child, folder: string, readyLine: string) {
    this.process = child;
    this.#folder = folder;
    this.address = { socket: socketIn(folder) };
    this.readyLine = readyLine;
  }

  /** Starts Weir and waits for its ready line. Throws with Weir's own output if there is none. */
  static async start(options: WeirStart = {}): Promise<WeirProcess> {
    const folder = mkdtempSync(join(tmpdir(), 'weir-serve-'));
    let readyLine: string | undefined;
    const rules = options.rules ?? [];
    const child = new Child({
      name: 'Weir',
      program: process.execPath,
      args: [
        ...heapArguments,
        options.program ?? join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts'),
        'serve',
        ...['--listen', `unix:${socketIn(folder)}`],
        ...(rules.length > 0 ? ['--rules', ...rules] : []),
        ...(options.transport === undefined ? [] : ['--transport', options.transport]),
        ...(options.args ?? []),
      ],
      ...(options.environment === undefined ? {} : { environment: options.environment }),
      onLine: (line) => {
        if (line.startsWith('weir ready')) readyLine ??= line;
        const sentence = readyLine === undefined ? sentenceOf(line) : undefined;
        if (sentence !== undefined) options.onProgress?.(sentence);
        options.onLine?.(line);
      },
    });
    try {
      const line = await waitFor(child, 'its ready line', startMsMax, () => Promise.resolve(readyLine));
      return new WeirProcess(child, folder, line);
    } catch (error) {
      await child.stop('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  get pid(): number {
    return this.process.pid;
  }

  /** Its memory as the kernel reports it. Throws when it has ended. */
  memory(): Memory {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    const bytesOf = (name: string): number =>
      Number(new RegExp(`^${name}:\\s*(\\d+) kB`, 'm').exec(status)?.[1]) * 1024;
    return { residentBytes: bytesOf('VmRSS'), peakBytes: bytesOf('VmHWM') };
  }

  /** Processor time of all its threads so far, in milliseconds. Throws when it has ended. */
  cpuMs(): number {
    const fields = readFileSync(`/proc/${this.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * msPerTick;
  }

  /** Stops it and removes its socket. Idempotent. Returns how it ended. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<string> {
    const how = await this.process.stop(signal);
    rmSync(this.#folder, { recursive: true, force: true });
    return how;
  }
}

/** The sentence in a line of the log; undefined for any other line. */
function sentenceOf(line: string): string | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const { msg } = JSON.parse(line) as { readonly msg?: unknown };
    return typeof msg === 'string' ? msg : undefined;
  } catch {
    return undefined;
  }
}

const socketIn = (folder: string): string => join(folder, 'weir.sock');
