// Weir, Envoy and the upstream for end-to-end tests: `weir serve` in a process of its own, the upstream in ours, so that tests can read
// what arrived.

import { createHash } from 'node:crypto';
import type { Answer } from '../../demo/stack/answer.ts';
import type { Arrival } from '../../demo/stack/arrivals.ts';
import { type Request, type SendOptions, send } from '../../demo/stack/client.ts';
import { Envoy, type EnvoyStart } from '../../demo/stack/envoy.ts';
import type { BodyMode } from '../../demo/stack/envoy-config.ts';
import { Upstream } from '../../demo/stack/upstream.ts';
import { WeirProcess, type WeirStart } from '../../demo/stack/weir-process.ts';
import { transportOfTests } from './transports.ts';
import { until } from './until.ts';

/** Versions of HTTP that clients use. */
export const protocols = ['http1', 'http2'] as const;

/** One of `protocols`. */
export type Protocol = (typeof protocols)[number];

/** The options of a front. */
export interface FrontOptions {
  readonly mode: BodyMode;
  readonly envoy?: Partial<EnvoyStart>;
  readonly weir?: WeirStart;
}

/** For tests in which the hold time must not run out: longer than an exchange may take. */
export const endlessHold: WeirStart = { args: ['--hold-time', '50000'] };

const answerMsMax = 30_000;

let exchangeCount = 0;

/** A running front. */
export class Front {
  readonly upstream: Upstream;
  readonly weir: WeirProcess;
  readonly envoy: Envoy;

  private constructor(upstream: Upstream, weir: WeirProcess, envoy: Envoy) {
    this.upstream = upstream;
    this.weir = weir;
    this.envoy = envoy;
  }

  static async start({ mode, envoy = {}, weir = {} }: FrontOptions): Promise<Front> {
    const upstream = await Upstream.start();
    const weirProcess = await WeirProcess.start({ transport: transportOfTests, ...weir });
    const port = envoy.upstreamProtocol === 'http2' ? upstream.http2Port : upstream.http1Port;
    const front = await Envoy.start({ weir: [weirProcess.address], upstream: { port }, requestMode: mode, ...envoy });
    return new Front(upstream, weirProcess, front);
  }

  /**
   * Makes one exchange. Returns the client's view, and everything that arrived at the upstream (undefined: it was not contacted).
   * A request without `x-exchange` gets one.
   */
  async exchange(
    request: Request,
    options: Partial<SendOptions> = {},
  ): Promise<{ readonly answer: Answer; readonly arrival: Arrival | undefined }> {
    exchangeCount += 1;
    const given = request.headers?.find(([name]) => name === 'x-exchange')?.[1];
    const id = given ?? `exchange-${exchangeCount}`;
    const headers = [...(given === undefined ? [['x-exchange', id] as const] : []), ...(request.headers ?? [])];
    const answer = await send(
      { ...request, headers },
      { port: this.envoy.frontPort, timeoutMs: answerMsMax, ...options },
    );
    await until('the request has ended for the service, too', () => this.upstream.arrivals.find(id)?.state !== 'open');
    return { answer, arrival: this.upstream.arrivals.find(id) };
  }

  /** Waits until Weir has read this many messages since the front was started, from any number of exchanges. */
  async weirHasRead(messages: number): Promise<void> {
    await until(`Envoy has sent ${messages} messages to Weir`, async () => {
      const stats = await this.envoy.stats(/http\.front\.ext_proc\.stream_msgs_sent$/);
      return sumOf(stats) >= messages;
    });
    // Envoy has one connection to Weir: this exchange's messages were sent after the others.
    await this.exchange({});
  }

  /**
   * Makes an exchange whose head is held only for a short time (`interactiveHoldMsMax`) and then reaches the service. When it is
   * over, everything that Weir had read before has been held for longer, or not at all.
   */
  async shortHoldPasses(): Promise<void> {
    exchangeCount += 1;
    const id = `short-hold-${exchangeCount}`;
    const isThere = (): boolean => this.upstream.arrivals.find(id) !== undefined;
    async function* body(): AsyncGenerator<Uint8Array> {
      await until('the service has a head that is held for a short time', isThere);
      yield harmlessBody(10);
    }
    const headers = [['x-exchange', id] as const, ['trailer', 'x-sum'] as const];
    await this.exchange({ method: 'POST', headers, body: body() });
  }

  /** Begins a request of harmless text whose body stays open until `release`. */
  holdOpen(): { readonly exchanged: ReturnType<Front['exchange']>; readonly release: () => void } {
    const { promise, resolve } = Promise.withResolvers<void>();
    async function* body(): AsyncGenerator<Uint8Array> {
      yield harmlessBody(100);
      await promise;
    }
    const headers = [['content-type', 'text/plain']] as const;
    return { exchanged: this.exchange({ method: 'POST', headers, body: body() }), release: resolve };
  }

  /** Exchanges that are open at Weir, as Envoy counts them. */
  async openAtWeir(): Promise<number> {
    return sumOf(await this.envoy.stats(/cluster\.weir\.upstream_rq_active$/));
  }

  async stop(): Promise<void> {
    await this.envoy.stop();
    await this.weir.stop();
    await this.upstream.stop();
  }
}

/** @throws Error when there are no such statistics: a wrong name must not look like zero. */
function sumOf(stats: ReadonlyMap<string, number>): number {
  if (stats.size === 0) throw new Error('Envoy has no such statistics');
  return [...stats.values()].reduce((sum, value) => sum + value, 0);
}

/** SHA-256 in hexadecimal, as in answers and arrivals. */
export function sha256(chunks: Iterable<Uint8Array>): string {
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}

/** Bytes that match no rule, always the same for a given length: words, so that they look like text. */
export function harmlessBody(bytes: number): Buffer {
  const words = 'the quick brown fox jumps over the lazy dog near the quiet river bank ';
  return Buffer.alloc(bytes, words, 'latin1');
}

/** A body in pieces of 64 KiB. */
export function* pieces(body: Uint8Array, size = 65_536): Generator<Uint8Array> {
  for (let offset = 0; offset < body.length; offset += size) yield body.subarray(offset, offset + size);
}
