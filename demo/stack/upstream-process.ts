// The upstream in a process of its own; what arrived there is read over its control port. Knows nothing of Envoy or Weir. Tests that run in
// one process use upstream.ts itself.

import { join } from 'node:path';
import type { Arrival } from './arrivals.ts';
import { Child, waitFor } from './child.ts';

/** Ports that the upstream listens on. */
export interface UpstreamPorts {
  readonly http1Port: number;
  readonly http2Port: number;
  readonly controlPort: number;
}

/** A running upstream process. */
export class UpstreamProcess {
  readonly process: Child;
  readonly ports: UpstreamPorts;

  private constructor(child: Child, ports: UpstreamPorts) {
    this.process = child;
    this.ports = ports;
  }

  /** Starts it and waits for its ports. */
  static async start(): Promise<UpstreamProcess> {
    const child = new Child({
      name: 'upstream',
      program: process.execPath,
      args: [join(import.meta.dirname, '..', 'upstream-main.ts')],
    });
    try {
      const line = await waitFor(child, 'its ports', 30_000, () => Promise.resolve(child.output || undefined));
      return new UpstreamProcess(child, JSON.parse(line) as UpstreamPorts);
    } catch (error) {
      await child.stop('SIGKILL');
      throw error;
    }
  }

  /** What arrived of the exchange with this id (its `x-exchange` header); undefined when nothing did. */
  async find(id: string): Promise<Arrival | undefined> {
    const answer = await fetch(`http://127.0.0.1:${this.ports.controlPort}/arrivals/${encodeURIComponent(id)}`);
    return answer.ok ? ((await answer.json()) as Arrival) : undefined;
  }

  /** Stops it. Idempotent. */
  async stop(): Promise<void> {
    await this.process.stop();
  }
}
