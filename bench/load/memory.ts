// How much memory Weir takes for bodies of any size: each is sent through a real Envoy while the kernel measures. Fails when memory grows
// with the body, or when a verdict is wrong: every second body has an attack in its last bytes.

import { writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Answer } from '../../demo/stack/answer.ts';
import { send } from '../../demo/stack/client.ts';
import { type LongBodyKind, longBodyKinds } from '../corpora/long-bodies.ts';
import { type Running, startFront } from './front.ts';
import { restMs } from './rest.ts';

const MiB = 1024 * 1024;

/** The kinds that are measured if none is given: their values, fields, parts and layers grow in different ways. */
export const usualKinds: readonly string[] = [
  'form',
  'JSON, one string',
  'JSON, many fields',
  'multipart file',
  'gzip of a form',
];

const attack = "1' UNION SELECT password FROM users-- ";

/** What is measured. */
export interface MemoryPlan {
  readonly kinds: readonly LongBodyKind[];
  /** Sizes of bodies before content encoding, ascending. */
  readonly sizes: readonly number[];
  /** Bytes of every kind, benign and with an attack, that are sent before anything is measured, so that the process is warm. */
  readonly warmUpBytes: number;
  readonly rules: readonly string[];
  readonly onRow?: (row: MemoryRow) => void;
  /** Called every ten seconds while a body is sent, with the bytes of it generated so far, after content encoding. */
  readonly onProgress?: (kind: string, madeBytes: number) => void;
}

/** One body. */
export interface MemoryRow {
  readonly kind: string;
  readonly bytes: number;
  readonly isAttack: boolean;
  /** Highest resident memory of Weir during the body. */
  readonly peakBytes: number;
  readonly seconds: number;
  /** Empty when the verdict is right. */
  readonly problem: string;
}

/** Resets the kernel's record of the highest resident memory (Linux, proc(5): clear_refs). */
function resetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

const progressMs = 10_000;

/** Passes the pieces through; reports now and then how many bytes they were. */
function* watched(pieces: Iterable<Uint8Array>, onProgress: (madeBytes: number) => void): Generator<Uint8Array> {
  let made = 0;
  let said = performance.now();
  for (const piece of pieces) {
    made += piece.length;
    if (performance.now() - said > progressMs) {
      said = performance.now();
      onProgress(made);
    }
    yield piece;
  }
}

/** `PERMISSION_DENIED`: what Envoy makes of a 403 for gRPC clients, whose HTTP status is always 200 (gRPC's HTTP/2 mapping). */
const grpcPermissionDenied = '7';

/** Whether Weir refused it. A late attack cuts the exchange: there may be no response then, but never the service's. */
export function isRefusal({ status, end, headers }: Pick<Answer, 'status' | 'end' | 'headers'>): boolean {
  const isDenied = headers.some(([name, value]) => name === 'grpc-status' && value === grpcPermissionDenied);
  return status === 403 || status === 0 || end === 'cut' || isDenied;
}

/** One body to be sent. */
interface Sent {
  readonly kind: LongBodyKind;
  readonly bytes: number;
  readonly isAttack: boolean;
}

async function measure({ weir, envoy }: Running, plan: MemoryPlan, sent: Sent): Promise<MemoryRow> {
  const { kind, bytes, isAttack } = sent;
  resetPeak(weir.pid);
  const began = performance.now();
  const pieces = kind.pieces(bytes, isAttack ? attack : 'Yours Charles');
  const body = watched(pieces, (madeBytes) => plan.onProgress?.(kind.name, madeBytes));
  const answer = await send(
    { method: 'POST', headers: kind.headers, body },
    { port: envoy.frontPort, timeoutMs: 24 * 3600 * 1000 },
  );
  const { peakBytes } = weir.memory();
  const isRight = isAttack ? isRefusal(answer) : answer.status === 200 && !isRefusal(answer);
  return {
    kind: kind.name,
    bytes,
    isAttack,
    peakBytes,
    seconds: (performance.now() - began) / 1000,
    problem: isRight ? '' : `${isAttack ? 'an attack' : 'a benign body'} was answered ${answer.status}`,
  };
}

/** Runs a plan; the rows are in order of kinds and sizes, benign bodies before attacks. */
export async function measureMemory(plan: MemoryPlan): Promise<readonly MemoryRow[]> {
  const running = await startFront({ rules: plan.rules });
  try {
    // An idle server gives memory back a while after its start: wait, so that it does not do so during a measurement.
    await pause(restMs);
    // Attacks too: code that is compiled for the first of them stays in memory.
    for (const kind of plan.kinds) {
      for (const isAttack of [false, true]) await measure(running, plan, { kind, bytes: plan.warmUpBytes, isAttack });
    }
    const rows: MemoryRow[] = [];
    for (const kind of plan.kinds) {
      for (const bytes of plan.sizes) {
        for (const isAttack of [false, true]) {
          const row = await measure(running, plan, { kind, bytes, isAttack });
          plan.onRow?.(row);
          rows.push(row);
        }
      }
    }
    return rows;
  } finally {
    await running.stop();
  }
}

/** The difference between the peaks of each kind of body. */
export function spreadOf(rows: readonly MemoryRow[]): ReadonlyMap<string, number> {
  const peaks = new Map<string, number[]>();
  for (const { kind, peakBytes } of rows) peaks.set(kind, [...(peaks.get(kind) ?? []), peakBytes]);
  return new Map([...peaks].map(([kind, all]) => [kind, Math.max(...all) - Math.min(...all)]));
}

/** Kinds whose names contain one of `parts`, separated by semicolons; the usual ones if it is undefined. */
export function kindsNamed(parts: string | undefined): readonly LongBodyKind[] {
  if (parts === undefined) return longBodyKinds.filter(({ name }) => usualKinds.includes(name));
  return longBodyKinds.filter(({ name }) => parts.split(';').some((part) => name.includes(part.trim())));
}

const usage = `node bench/load/memory.ts [--sizes MIB,…] [--10gib] [--kinds TEXT;…] [--warm-up MIB] [--max-spread MIB]
                          [--rules PATH]…

Sends bodies of these sizes (default 1,100,1024; --10gib adds 10240) through a real Envoy and prints Weir's peak memory
for each: of ${usualKinds.length} kinds, or of those whose names have one of the texts of --kinds in them. Ends with status 1 when the peaks of a kind differ by more than 16 MiB, or a verdict is wrong.
`;

function row(cells: readonly string[]): string {
  return cells.map((cell, at) => (at === 0 ? cell.padEnd(20) : cell.padStart(12))).join('');
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      sizes: { type: 'string', default: '1,100,1024' },
      '10gib': { type: 'boolean', default: false },
      kinds: { type: 'string' },
      'warm-up': { type: 'string', default: '64' },
      'max-spread': { type: 'string', default: '16' },
      rules: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const sizes = [...values.sizes.split(',').map(Number), ...(values['10gib'] ? [10_240] : [])];
  const kinds = kindsNamed(values.kinds);
  if (kinds.length === 0) {
    process.stderr.write(`no such kind; there are: ${longBodyKinds.map(({ name }) => name).join('; ')}\n`);
    return 2;
  }
  const print = (cells: readonly string[]): void => void process.stdout.write(`${row(cells)}\n`);
  print(['body', 'MiB', 'ends with', 'peak MiB', 'seconds', 'MiB/s', 'verdict']);
  const rows = await measureMemory({
    kinds,
    sizes: sizes.map((size) => size * MiB),
    warmUpBytes: Number(values['warm-up']) * MiB,
    rules: values.rules,
    onProgress: (kind, madeBytes) => process.stderr.write(`… ${kind}: ${(madeBytes / MiB).toFixed(0)} MiB sent\n`),
    onRow: ({ kind, bytes, isAttack, peakBytes, seconds, problem }) =>
      print([
        kind,
        String(bytes / MiB),
        isAttack ? 'an attack' : 'words',
        (peakBytes / MiB).toFixed(1),
        seconds.toFixed(1),
        (bytes / MiB / seconds).toFixed(1),
        problem === '' ? 'right' : problem,
      ]),
  });
  const wide = [...spreadOf(rows)].filter(([, spread]) => spread > Number(values['max-spread']) * MiB);
  for (const [kind, spread] of spreadOf(rows)) print([kind, 'peaks differ by', (spread / MiB).toFixed(1), 'MiB']);
  return wide.length > 0 || rows.some(({ problem }) => problem !== '') ? 1 : 0;
}

if (import.meta.main) process.exitCode = await main();
