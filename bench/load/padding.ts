// Is an attack found after any amount of harmless bytes? Sends each kind of body through a real Envoy, with the attack in its last bytes,
// and reports the result: verdict, rules, what reached the service, and how fast. Fails when an attack passes, when a rule that should find
// it does not, when its last bytes reached the service, or when the padding alone is blocked.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { send } from '../../demo/stack/client.ts';
import { Envoy } from '../../demo/stack/envoy.ts';
import { WeirProcess } from '../../demo/stack/weir-process.ts';
import { type LongBodyKind, longBodyKinds } from '../corpora/long-bodies.ts';

const KiB = 1024;
const MiB = 1024 * KiB;
const attack = "1' UNION SELECT password FROM users-- ";
/** Parts of the attack as each kind spells it; no padding contains them. Encoded kinds cannot be recognised in this way. */
const marks = ['UNION SELECT', 'UNION%20SELECT'];
const tailBytesMax = 4 * KiB;
/** How long Envoy may take to write its log on a busy machine. */
const logMsMax = 60_000;
/** Bodies from this size on are longer than what is held back. */
const passedOnBytesMin = MiB;
/** How long a busy machine may take to forward the first bytes of a body. */
const passMsMax = 60_000;
/** Longest time to wait for a verdict. */
const dayMs = 24 * 3600 * 1000;

/** What is sent. */
export interface PaddingPlan {
  readonly kinds: readonly LongBodyKind[];
  /** Bytes of padding, before content encoding. */
  readonly sizes: readonly number[];
  readonly rules: readonly string[];
  readonly onRow?: (row: PaddingRow) => void;
}

/** The result for one body. */
export interface PaddingRow {
  readonly kind: string;
  readonly bytes: number;
  readonly isAttack: boolean;
  /** Weir's verdict: `allow`, `block`, … */
  readonly verdict: string;
  readonly ruleIds: readonly number[];
  /** The client's status; 0 when the exchange was cut. */
  readonly status: number;
  /** Bytes of the body that reached the service, as sent. */
  readonly arrivedBytes: number;
  readonly seconds: number;
  /** Empty when everything is as it should be. */
  readonly problem: string;
}

/** What the service received of the request to one path. */
class Arrival {
  bytes = 0;
  answers = 0;
  /** The last bytes, as a byte string. */
  tail = '';
  /** Resolves with the first byte of the body. */
  readonly first = Promise.withResolvers<void>();
  /** Resolves when the request is complete or cut; resolved at first, when there is no request. */
  over: Promise<unknown> = Promise.resolve();

  take(chunk: Buffer): void {
    this.bytes += chunk.length;
    this.tail = (this.tail + chunk.subarray(-tailBytesMax).toString('latin1')).slice(-tailBytesMax);
    this.first.resolve();
  }
}

/** A service that counts what it receives and keeps the last bytes; one request for each path. */
class CountingService {
  readonly #server: Server;
  /** One entry for each body that is being sent. */
  readonly #arrivals = new Map<string, Arrival>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<CountingService> {
    const service = new CountingService(createServer({ requestTimeout: 0, headersTimeout: 0 }));
    service.#server.on('request', (request: IncomingMessage, response) => {
      const arrival = service.expect(request.url ?? '');
      arrival.over = new Promise((resolve) => {
        request.on('close', resolve);
      });
      request.on('error', () => undefined);
      request.on('data', (chunk: Buffer) => arrival.take(chunk));
      request.on('end', () => {
        arrival.answers += 1;
        response.end('ok');
      });
    });
    service.#server.listen(0, '127.0.0.1');
    await once(service.#server, 'listening');
    return service;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** What has arrived of the request to `path` so far, or will arrive. */
  expect(path: string): Arrival {
    const arrival = this.#arrivals.get(path) ?? new Arrival();
    this.#arrivals.set(path, arrival);
    return arrival;
  }

  /** What arrived of the request to `path`, once it is over. */
  async take(path: string): Promise<Arrival> {
    const arrival = this.expect(path);
    await arrival.over;
    this.#arrivals.delete(path);
    return arrival;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/**
 * The pieces of a body. The last one, which has the attack, waits until the service has the first byte, so that the attack really
 * comes after bytes that have passed, however long it takes to connect to the service.
 * @throws Error when nothing arrives within `passMsMax`.
 */
async function* endingAfter(
  pieces: Iterable<Uint8Array>,
  first: Promise<void>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let held: Uint8Array | undefined;
  for (const piece of pieces) {
    if (held !== undefined) yield held;
    held = piece;
  }
  const timer = new AbortController();
  const late = setTimeout(passMsMax, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`no byte of the body reached the service within ${passMsMax / 1000} s`);
  });
  await Promise.race([first, late]).finally(() => timer.abort());
  if (held !== undefined) yield held;
}

/** The running processes. */
interface Running {
  readonly envoy: Envoy;
  readonly service: CountingService;
}

async function sendOne({ envoy, service }: Running, kind: LongBodyKind, bytes: number, isAttack: boolean) {
  const path = `/letters/${isAttack ? 'attack' : 'words'}/${bytes}/${encodeURIComponent(kind.name)}`;
  const pieces = kind.pieces(bytes, isAttack ? attack : 'Yours Charles');
  // Short bodies may be held back completely, and so may those that an encoding has made short.
  const isPassedOn = bytes >= passedOnBytesMin && kind.headers.every(([name]) => name !== 'content-encoding');
  const body = isPassedOn ? endingAfter(pieces, service.expect(path).first.promise) : pieces;
  const began = performance.now();
  const answer = await send(
    { method: 'POST', path, headers: kind.headers, body },
    { port: envoy.frontPort, timeoutMs: dayMs },
  );
  const seconds = (performance.now() - began) / 1000;
  const entry = await envoy.logEntry((one) => one.path === path, logMsMax);
  return { answer, seconds, entry, arrived: await service.take(path) };
}

async function measure(running: Running, kind: LongBodyKind, bytes: number, isAttack: boolean): Promise<PaddingRow> {
  const { answer, seconds, entry, arrived } = await sendOne(running, kind, bytes, isAttack);
  const said = entry.weir ?? {};
  const row = {
    kind: kind.name,
    bytes,
    isAttack,
    verdict: String(said.verdict ?? 'none'),
    ruleIds: [
      ...new Set(
        String(said.rule_ids ?? '')
          .match(/\d+/g)
          ?.map(Number) ?? [],
      ),
    ],
    status: answer.end === 'complete' ? answer.status : 0,
    arrivedBytes: arrived.bytes,
    seconds,
  };
  return { ...row, problem: problemOf(row, { ...arrived, sentBytes: answer.sentBytes }) };
}

/** What the service received of a body, and how much of it the client sent. */
export interface Arrived {
  readonly answers: number;
  /** The last bytes, as a byte string. */
  readonly tail: string;
  readonly sentBytes: number;
}

/** What is wrong with a row; empty when nothing is. A blocked gRPC call has status 200, so the service's part decides. */
export function problemOf(row: Omit<PaddingRow, 'problem'>, { answers, tail, sentBytes }: Arrived): string {
  if (!row.isAttack) {
    if (row.verdict !== 'allow' || row.ruleIds.length > 0) return 'harmless bytes are stopped';
    if (row.status !== 200 || answers !== 1) return `harmless bytes are answered ${row.status}`;
    return row.arrivedBytes === sentBytes ? '' : `${sentBytes - row.arrivedBytes} harmless bytes did not arrive`;
  }
  if (row.verdict !== 'block') return 'the attack passes';
  if (answers > 0) return 'the service answers the attack';
  if (row.ruleIds.length === 0) return 'no rule is named';
  if (marks.some((mark) => tail.includes(mark))) return 'the attack reaches the service';
  return '';
}

/** Sends everything; rows are in order of kinds and sizes, benign bodies before attacks. */
export async function measurePadding(plan: PaddingPlan): Promise<readonly PaddingRow[]> {
  const service = await CountingService.start();
  const weir = await WeirProcess.start({ rules: plan.rules });
  const envoy = await Envoy.start({ weir: [weir.address], upstream: { port: service.port } });
  try {
    const rows: PaddingRow[] = [];
    for (const kind of plan.kinds) {
      for (const bytes of plan.sizes) {
        for (const isAttack of [false, true]) {
          const row = await measure({ envoy, service }, kind, bytes, isAttack);
          plan.onRow?.(row);
          rows.push(row);
        }
      }
    }
    return rows;
  } finally {
    await envoy.stop();
    await weir.stop();
    await service.stop();
  }
}

const usage = `node bench/load/padding.ts [--bytes N,…] [--kind TEXT] [--rules PATH]…

Sends each kind of body with N bytes of padding (default 8192,1073741824) through a real Envoy, once harmless and once with an
attack behind the padding, and prints Weir's verdict and rules, what reached the service, and MB/s. Ends with status 1 when
an attack passes or reaches the service, or harmless bytes do not.
`;

function line(cells: readonly string[]): string {
  return cells.map((cell, at) => (at === 0 ? cell.padEnd(24) : cell.padStart(13))).join('');
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      bytes: { type: 'string', default: `${8 * KiB},${1024 * MiB}` },
      kind: { type: 'string', default: '' },
      rules: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const kinds = longBodyKinds.filter(({ name }) => name.includes(values.kind));
  const print = (cells: readonly string[]): void => void process.stdout.write(`${line(cells)}\n`);
  print(['body', 'padding MiB', 'ends with', 'verdict', 'status', 'arrived MiB', 'MB/s', 'rules']);
  const rows = await measurePadding({
    kinds,
    sizes: values.bytes.split(',').map(Number),
    rules: values.rules,
    onRow: ({ kind, bytes, isAttack, verdict, ruleIds, status, arrivedBytes, seconds, problem }) =>
      print([
        kind,
        (bytes / MiB).toFixed(2),
        isAttack ? 'an attack' : 'words',
        verdict,
        status === 0 ? 'cut' : String(status),
        (arrivedBytes / MiB).toFixed(2),
        (bytes / 1e6 / seconds).toFixed(1),
        `  ${ruleIds.join(' ')}${problem === '' ? '' : `  WRONG: ${problem}`}`,
      ]),
  });
  return rows.some(({ problem }) => problem !== '') ? 1 : 0;
}

if (import.meta.main) process.exitCode = await main();
