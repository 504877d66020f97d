// Weir, Envoy and the upstream together for end-to-end tests: `weir serve` in its own process, the upstream in ours, so
// that tests can read what arrived.

import { createHash } from 'node:crypto';
import type { Answer } from '../../demo/stack/answer.ts';
import type { Arrival } from '../../demo/stack/arrivals.ts';
import { type Request, type SendOptions, send } from '../../demo/stack/client.ts';
import { Envoy, type EnvoyStart } from '../../demo/stack/envoy.ts';
import type { BodyMode } from '../../demo/stack/envoy-config.ts';
import { Upstream } from '../../demo/stack/upstream.ts';
import { WeirProcess, type WeirStart } from '../../demo/stack/weir-process.ts';

/** Versions of HTTP that clients speak. */
export const protocols = ['http1', 'http2'] as const;

/** One of `protocols`. */
export type Protocol = (typeof protocols)[number];

/** What a front is made of. */
export interface FrontOptions {
  readonly mode: BodyMode;
  readonly envoy?: Partial<EnvoyStart>;
  readonly weir?: WeirStart;
}

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
    const weirProcess = await WeirProcess.start(weir);
    const port = envoy.upstreamProtocol === 'http2' ? upstream.http2Port : upstream.http1Port;
    const front = await Envoy.start({ weir: [weirProcess.address], upstream: { port }, requestMode: mode, ...envoy });
    return new Front(upstream, weirProcess, front);
  }

  /** Does one exchange. Returns the client's view and what arrived at the upstream (undefined: it was not contacted). */
  async exchange(
    request: Request,
    options: Partial<SendOptions> = {},
  ): Promise<{ readonly answer: Answer; readonly arrival: Arrival | undefined }> {
    exchangeCount += 1;
    const id = `exchange-${exchangeCount}`;
    const headers = [['x-exchange', id] as const, ...(request.headers ?? [])];
    const answer = await send({ ...request, headers }, { port: this.envoy.frontPort, timeoutMs: 30_000, ...options });
    return { answer, arrival: this.upstream.arrivals.find(id) };
  }

  async stop(): Promise<void> {
    await this.envoy.stop();
    await this.weir.stop();
    await this.upstream.stop();
  }
}

/** SHA-256 in hexadecimal, as answers and arrivals have it. */
export function sha256(chunks: Iterable<Uint8Array>): string {
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}

/** Bytes that no rule minds, the same ones for the same length: words, so that they look like text. */
export function harmlessBody(bytes: number): Buffer {
  const words = 'the quick brown fox jumps over the lazy dog near the quiet river bank ';
  return Buffer.alloc(bytes, words, 'latin1');
}

/** A body in pieces of 64 KiB. */
export function* pieces(body: Uint8Array, size = 65_536): Generator<Uint8Array> {
  for (let offset = 0; offset < body.length; offset += size) yield body.subarray(offset, offset + size);
}
