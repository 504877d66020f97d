// Is an attack found behind any amount of harmless bytes? Sends each kind of body through a real Envoy, the attack in its last
// bytes, and says what came of it: verdict, rules, what reached the service, and how fast. Fails when an attack passes, when a
// rule that knows it did not find it, when its last bytes reached the service, or when the padding alone is stopped.

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
/** The attack as each kind spells it has this in it, and no padding has; encoded kinds cannot be told so. */
const marks = ['UNION SELECT', 'UNION%20SELECT'];
const tailBytesMax = 4 * KiB;
/** How long Envoy may take to write its log on a busy machine. */
const logMsMax = 60_000;
/** Bodies of this many bytes are longer than what is held back. */
const passedOnBytesMin = MiB;
/** How long a busy machine may take to pass on the first bytes of a body. */
const passMsMax = 60_000;
/** A verdict that takes longer than this is not a verdict. */
const dayMs = 24 * 3600 * 1000;

/** What is sent. */
export interface PaddingPlan {
  readonly kinds: readonly LongBodyKind[];
  /** Bytes of padding, before content codings. */
  readonly sizes: readonly number[];
  readonly rules: readonly string[];
  readonly onRow?: (row: PaddingRow) => void;
}

/** What came of one body. */
export interface PaddingRow {
  readonly kind: string;
  readonly bytes: number;
  readonly isAttack: boolean;
  /** What Weir said: `allow`, `block`, … */
  readonly verdict: string;
  readonly ruleIds: readonly number[];
  /** What the client saw; 0 when the exchange was cut. */
  readonly status: number;
  /** Bytes of the body, as sent, that reached the service. */
  readonly arrivedBytes: number;
  readonly seconds: number;
  /** Empty when all is as it should be. */
  readonly problem: string;
}

/** What the service saw of the request to one path. */
class Arrival {
  bytes = 0;
  answers = 0;
  /** The last bytes, as a byte string. */
  tail = '';
  /** Settled by the first byte of the body. */
  readonly first = Promise.withResolvers<void>();
  /** Settled when the request is complete or cut; at once when none has come. */
  over: Promise<unknown> = Promise.resolve();

  take(chunk: Buffer): void {
    this.bytes += chunk.length;
    this.tail = (this.tail + chunk.subarray(-tailBytesMax).toString('latin1')).slice(-tailBytesMax);
    this.first.resolve();
  }
}

/** A service that counts what reaches it and keeps the last bytes; one request for each path. */
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

  /** What has come of the request to `path`, and comes. */
  expect(path: string): Arrival {
    const arrival = this.#arrivals.get(path) ?? new Arrival();
    this.#arrivals.set(path, arrival);
    return arrival;
  }

  /** What came of the request to `path`, once it is over. */
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
 * The pieces of a body; the last one, which has the attack, waits until the service has the first byte. So what is measured is
 * an attack behind bytes that have passed, however slow the service is to connect to.
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

/** What runs. */
interface Running {
  readonly envoy: Envoy;
  readonly service: CountingService;
}

async function sendOne({ envoy, service }: Running, kind: LongBodyKind, bytes: number, isAttack: boolean) {
  const path = `/letters/${isAttack ? 'attack' : 'words'}/${bytes}/${encodeURIComponent(kind.name)}`;
  const pieces = kind.pieces(bytes, isAttack ? attack : 'Yours Charles');
  // Short bodies may be held as a whole, and so may what a coding made short.
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

/** What the service saw of a body, and how much of it the client sent. */
export interface Arrived {
  readonly answers: number;
  /** The last bytes, as a byte string. */
  readonly tail: string;
  readonly sentBytes: number;
}

/** What is wrong with a row, or nothing. A block of a gRPC call has status 200: it is told by what the service did. */
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

/** Sends everything; rows come in order of kinds and sizes, harmless bodies before attacks. */
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
