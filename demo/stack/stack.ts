// The three processes of the demo: upstream, Weir, Envoy. Started in this order, stopped in reverse, and all stopped when one of them ends
// unexpectedly.

import { Envoy } from './envoy.ts';
import type { BodyMode } from './envoy-config.ts';
import { UpstreamProcess } from './upstream-process.ts';
import { WeirProcess } from './weir-process.ts';

/** The options of a stack. */
export interface StackOptions {
  readonly frontPort: number;
  readonly mode: BodyMode;
  readonly rules: readonly string[];
  /** Further arguments of `weir serve`. */
  readonly weirArgs?: readonly string[];
  /** Called before each part is started. */
  readonly onProgress?: (sentence: string) => void;
}

/** The running processes. */
export class Stack {
  readonly upstream: UpstreamProcess;
  readonly weir: WeirProcess;
  readonly envoy: Envoy;
  /** Resolves with a sentence when one of the processes has ended, for whatever reason. */
  readonly firstEnd: Promise<string>;

  private constructor(parts: {
    readonly upstream: UpstreamProcess;
    readonly weir: WeirProcess;
    readonly envoy: Envoy;
  }) {
    this.upstream = parts.upstream;
    this.weir = parts.weir;
    this.envoy = parts.envoy;
    this.firstEnd = Promise.race([this.upstream, this.weir, this.envoy].map((part) => part.process.ended));
  }

  /**
   * Starts everything and waits until it is ready. If one part does not start, the others are stopped again.
   * @param abandon when it aborts, what was started is stopped and the promise rejects.
   */
  static async start(options: StackOptions, abandon: AbortSignal): Promise<Stack> {
    const started: { stop(): Promise<unknown> }[] = [];
    const start = async <Part extends { stop(): Promise<unknown> }>(
      what: string,
      begin: () => Promise<Part>,
    ): Promise<Part> => {
      options.onProgress?.(what);
      const part = await begin();
      started.unshift(part);
      abandon.throwIfAborted();
      return part;
    };
    try {
      const upstream = await start('starting the upstream', () => UpstreamProcess.start());
      const weir = await start('starting Weir', () =>
        WeirProcess.start({
          rules: options.rules,
          args: options.weirArgs ?? [],
          onProgress: (sentence) => options.onProgress?.(`Weir: ${sentence}`),
        }),
      );
      const envoy = await start('starting Envoy', () =>
        Envoy.start({
          weir: [weir.address],
          upstream: { port: upstream.ports.http1Port },
          frontPort: options.frontPort,
          requestMode: options.mode,
        }),
      );
      return new Stack({ upstream, weir, envoy });
    } catch (error) {
      for (const part of started) await part.stop();
      throw error;
    }
  }

  /** Stops everything. Idempotent. */
  async stop(): Promise<void> {
    await this.envoy.stop();
    await this.weir.stop();
    await this.upstream.stop();
  }
}
