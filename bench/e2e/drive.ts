// The load: autocannon for saturation and for a single connection, and a sender of our own for a given rate, since autocannon sends each
// second's share at once, as fast as responses arrive.

import { connect, type Socket } from 'node:net';
import autocannon from 'autocannon';
import { Http1AnswerReader } from '../../demo/stack/answer.ts';
import type { Sent } from './workload.ts';

/** Time limit of every run. */
const answerSecondsMax = 600;

/** How often autocannon checks whether all responses have arrived. */
const sampleMs = 10;

/** What is sent. Each connection begins with a different request of the list and continues in its order. */
export interface Load {
  readonly port: number;
  readonly requests: readonly Sent[];
  readonly connections: number;
  /** Total number of requests, at least one per connection. */
  readonly amount: number;
}

/** The result of a load. */
export interface Outcome {
  /** From the first request to the last response. */
  readonly seconds: number;
  /** Milliseconds that each response took, ascending. */
  readonly milliseconds: readonly number[];
  /** Responses other than 200 by status; `lost` counts lost connections and missing responses. */
  readonly failures: Failures;
}

/** Counts of failures, by status. */
export type Failures = ReadonlyMap<string, number>;

function count(failures: Map<string, number>, status: number, times = 1): void {
  const name = status === 0 ? 'lost' : String(status);
  if (status !== 200 && times > 0) failures.set(name, (failures.get(name) ?? 0) + times);
}

/** Headers by name, as autocannon takes them; it adds the length itself. */
const headersOf = (request: Sent): Record<string, string> => Object.fromEntries(request.headers);

/** Sends `amount` requests as fast as responses arrive, and waits for all of them. */
export async function driveClosed({ port, requests, connections, amount }: Load): Promise<Outcome> {
  const prepared = requests.map((request) => ({
    method: request.method,
    path: request.path,
    headers: headersOf(request),
    ...(request.body.length === 0 ? {} : { body: request.body }),
  }));
  let clients = 0;
  const failures = new Map<string, number>();
  const milliseconds: number[] = [];
  const start = performance.now();
  let last = start;
  const running = autocannon({
    url: `http://127.0.0.1:${port}`,
    connections,
    amount,
    timeout: answerSecondsMax,
    sampleInt: sampleMs,
    setupClient: (client) => {
      const from = clients % prepared.length;
      clients += 1;
      client.setRequests([...prepared.slice(from), ...prepared.slice(0, from)]);
    },
  }) as Promise<autocannon.Result> & autocannon.Instance;
  running.on('response', (_client, status, _bytes, took) => {
    milliseconds.push(took);
    last = performance.now();
    count(failures, status);
  });
  const result = await running;
  count(failures, 0, result.errors + Math.max(0, amount - milliseconds.length));
  return { seconds: (last - start) / 1000, milliseconds: milliseconds.sort((a, b) => a - b), failures };
}

/** One connection that is kept open and used for one request at a time. */
class Connection {
  readonly #socket: Socket;
  #reader: Http1AnswerReader | undefined;
  #onEnd: ((status: number) => void) | undefined;

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (bytes: Uint8Array) => {
      try {
        this.#reader?.write(bytes);
      } catch {
        // What arrived is not HTTP/1.1: the connection counts as lost.
        this.#socket.destroy();
      }
      if (this.#reader?.isComplete === true) this.#end(this.#reader.status);
    });
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => this.#end(0));
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed;
  }

  /** Sends a request and waits for the whole response. Resolves to its status, or to 0 when the connection is lost. */
  ask(request: Sent): Promise<number> {
    const lines = request.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const length = request.body.length === 0 ? '' : `content-length: ${request.body.length}\r\n`;
    this.#reader = new Http1AnswerReader(request.method);
    return new Promise((resolve) => {
      this.#onEnd = resolve;
      if (!this.isOpen) this.#end(0);
      this.#socket.write(`${request.method} ${request.path} HTTP/1.1\r\n${lines}${length}\r\n`, 'latin1');
      if (request.body.length > 0) this.#socket.write(request.body);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #end(status: number): void {
    const onEnd = this.#onEnd;
    this.#onEnd = undefined;
    onEnd?.(status);
  }
}

/** Requests at a fixed rate, whether responses arrive or not. */
export interface RatedLoad extends Pick<Load, 'port' | 'requests' | 'amount'> {
  readonly perSecond: number;
}

/** How often requests that are due are sent. A request's time counts from when it was due, at most a tick before it was sent. */
const tickMs = 1;

/** Most connections that are opened; above this a request waits, and its waiting counts. */
const openConnectionsMax = 256;

/** Sends at a fixed rate and waits for all responses. */
export async function driveOpen({ port, requests, amount, perSecond }: RatedLoad): Promise<Outcome> {
  const idle: Connection[] = [];
  const all: Connection[] = [];
  const waiting: number[] = [];
  const milliseconds: number[] = [];
  const failures = new Map<string, number>();
  let sent = 0;
  const start = performance.now();
  const answered = Promise.withResolvers<void>();
  const begin = (dueAt: number): void => {
    const free = idle.pop() ?? (all.length < openConnectionsMax ? new Connection(port) : undefined);
    if (free === undefined) {
      waiting.push(dueAt);
      return;
    }
    if (!all.includes(free)) all.push(free);
    const request = requests[sent % requests.length] as Sent;
    sent += 1;
    void free.ask(request).then((status) => {
      milliseconds.push(performance.now() - dueAt);
      count(failures, status);
      if (free.isOpen) idle.push(free);
      else all.splice(all.indexOf(free), 1);
      const next = waiting.shift();
      if (next !== undefined) begin(next);
      if (milliseconds.length === amount) answered.resolve();
    });
  };
  let due = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    const dueBy = Math.min(amount, Math.floor(((now - start) / 1000) * perSecond));
    for (; due < dueBy; due += 1) begin(Math.max(now - tickMs, start + ((due + 1) / perSecond) * 1000));
  }, tickMs);
  await answered.promise;
  clearInterval(timer);
  for (const connection of all) connection.close();
  return { seconds: (performance.now() - start) / 1000, milliseconds: milliseconds.sort((a, b) => a - b), failures };
}
