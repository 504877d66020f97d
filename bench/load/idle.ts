// How long a server takes until it is ready, with a warm cache, and its resident memory when idle: by rule set and transport. Starts the
// compiled code if it has been built (`npm run build`), as users have it, otherwise the sources.

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { WeirProcess } from '../../demo/stack/weir-process.ts';
import { starterPack } from '../../src/config/config.ts';
import { type TransportName, transportNames } from '../../src/ext-proc/transports.ts';
import { restMs } from './rest.ts';

const MiB = 1024 * 1024;

/** One start. */
interface Start {
  /** From the start of the process to its ready line. */
  readonly readyMs: number;
  /** Processor time of all its threads until then, in milliseconds. */
  readonly cpuMs: number;
  readonly readyBytes: number;
  readonly restBytes: number;
}

const compiled = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js');

async function startOnce(rules: string, transport: TransportName, cache: string): Promise<Start> {
  const began = performance.now();
  let readyMs = Number.NaN;
  const weir = await WeirProcess.start({
    ...(existsSync(compiled) ? { program: compiled } : {}),
    rules: [rules],
    transport,
    args: ['--cache', cache],
    // As in bin/weir.
    environment: { NODE_COMPILE_CACHE: join(cache, 'node') },
    // Who waits for it looks every 15 ms only.
    onLine: (line) => {
      if (line.startsWith('weir ready')) readyMs = performance.now() - began;
    },
  });
  try {
    const cpuMs = weir.cpuMs();
    const readyBytes = weir.memory().residentBytes;
    await sleep(restMs);
    return { readyMs, cpuMs, readyBytes, restBytes: weir.memory().residentBytes };
  } finally {
    await weir.stop();
  }
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      crs: { type: 'string', default: process.env.WEIR_CRS ?? '../shared/crs' },
      starts: { type: 'string', default: '3' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write('node bench/load/idle.ts [--crs FOLDER] [--starts N]\n');
    return;
  }
  const cache = mkdtempSync(join(tmpdir(), 'weir-idle-'));
  try {
    for (const rules of [values.crs, starterPack]) {
      for (const transport of transportNames) {
        const cold = await startOnce(rules, transport, cache);
        const starts: Start[] = [];
        for (let count = 0; count < Number(values.starts); count += 1) {
          starts.push(await startOnce(rules, transport, cache));
        }
        const [ready, cpu] = (['readyMs', 'cpuMs'] as const).map((name) =>
          median(starts.map((start) => start[name])).toFixed(0),
        );
        const [atStart, atRest] = (['readyBytes', 'restBytes'] as const).map((name) =>
          (median(starts.map((start) => start[name])) / MiB).toFixed(0),
        );
        process.stdout.write(
          `${rules}, ${transport}: first start ${Math.round(cold.readyMs)} ms (${cold.cpuMs.toFixed(0)} of processor time), then ${ready} ms (${cpu}); resident ${atStart} MiB when ready, ${atRest} MiB at rest\n`,
        );
      }
    }
  } finally {
    rmSync(cache, { recursive: true });
  }
}

if (import.meta.main) await main();
