// Whether another exchange is accepted: limits on what is open in this process, on the memory it holds, and on the time
// that a new exchange waits for its turn. Knows no message and no policy: the policy decides about exchanges that are refused.

import { monotonicMs } from '../base/clock.ts';
import { WafError } from '../base/errors.ts';
import { heldMemory, type MemoryLimits } from '../base/held-memory.ts';
import type { Limits } from '../base/limits.ts';

/** What is read from an open exchange. */
export interface OpenExchange {
  /** Body bytes that the proxy holds back for it now. */
  readonly heldBytes: number;
}

/** The bounds. */
export type AdmissionLimits = MemoryLimits & Pick<Limits, 'exchangesMax' | 'underWayBytesMax' | 'admissionWaitMsMax'>;

/** Options. */
export interface AdmissionOptions {
  readonly limits: AdmissionLimits;
  /** Called with a sentence when a limit is reached. Must not throw. */
  readonly onOverload: (reason: string) => void;
  /** Called when there is room again, with the number of exchanges refused in the meantime. Must not throw. */
  readonly onRoom: (refusals: number) => void;
}

/** How often the event loop's delay is measured. A measured wait counts for one to two such periods. */
const tickMs = 100;

/** There is room again when every measure is below this share of its limit; with the limit itself the state would flap. */
const roomShare = 0.5;

/**
 * Counts open exchanges. The wait of a new exchange is taken from the latest measurements: how late the event loop runs, and how
 * long streams were open before their first message could be read.
 */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #limits: AdmissionLimits;
  readonly #open = new Set<OpenExchange>();
  #bytes = 0;
  #expectedTickMs = 0;
  /** The longest wait of this period and the previous one. */
  #waitMs = 0;
  #earlierWaitMs = 0;
  #isOverloaded = false;
  #refusals = 0;
  #onIdle: (() => void) | undefined;
  #ticker: NodeJS.Timeout | undefined;

  constructor(options: AdmissionOptions) {
    this.#options = options;
    this.#limits = options.limits;
  }

  /** Open exchanges. */
  get exchanges(): number {
    return this.#open.size;
  }

  /** Bytes received but not yet inspected. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Body bytes that the proxy holds back for all exchanges. Calls each one. */
  get heldBytes(): number {
    let bytes = 0;
    for (const exchange of this.#open) bytes += exchange.heldBytes;
    return bytes;
  }

  /** Whether a limit was reached, and there has not been room since. */
  get isOverloaded(): boolean {
    return this.#isOverloaded;
  }

  /** How near this process is to its limits: the largest used share of any of them; 1 or more: a limit is reached. */
  get load(): number {
    const { exchangesMax, underWayBytesMax, admissionWaitMsMax } = this.#limits;
    return Math.max(
      this.#open.size / exchangesMax,
      this.#bytes / underWayBytesMax,
      heldMemory.bytes / heldMemory.boundOf(this.#limits),
      this.#newcomersWaitMs / admissionWaitMsMax,
      this.#isOverloaded ? 1 : 0,
    );
  }

  /** A stream was opened: it counts until `closed`. */
  opened(exchange: OpenExchange): void {
    this.#open.add(exchange);
    if (this.#ticker !== undefined) return;
    this.#expectedTickMs = monotonicMs() + tickMs;
    this.#ticker = setInterval(() => this.#tick(), tickMs);
    this.#ticker.unref();
  }

  /** A stream has ended, and its resources were released. */
  closed(exchange: OpenExchange): void {
    this.#open.delete(exchange);
    if (this.#open.size === 0) {
      this.#onIdle?.();
      clearInterval(this.#ticker);
      this.#ticker = undefined;
      this.#waitMs = 0;
      this.#earlierWaitMs = 0;
    }
    this.#lookForRoom();
  }

  /** Settles when no exchange is open any more, after `withinMs` at the latest. */
  async idle(withinMs: number): Promise<void> {
    if (this.#open.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      this.#onIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** A stream's first message was read this long after the stream was opened. */
  waited(ms: number): void {
    this.#waitMs = Math.max(this.#waitMs, ms);
  }

  /** Bytes have arrived and will be inspected: they count until `handled`. */
  received(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Received bytes were inspected, or are no longer needed. */
  handled(bytes: number): void {
    this.#bytes -= bytes;
    this.#lookForRoom();
  }

  /**
   * Decides whether an exchange is admitted: when it begins, and again before its body is first inspected. `bytes` is the size of
   * the message, which is already counted.
   * @returns why not, as WafError `admission.overload`; undefined when it is admitted.
   */
  refuse(bytes: number): WafError | undefined {
    const reason = this.#overload(bytes);
    if (reason === undefined) return undefined;
    if (!this.#isOverloaded) {
      this.#isOverloaded = true;
      this.#refusals = 0;
      this.#options.onOverload(reason);
    }
    this.#refusals += 1;
    return new WafError('admission.overload', reason);
  }

  #overload(bytes: number): string | undefined {
    const { exchangesMax, underWayBytesMax, admissionWaitMsMax } = this.#limits;
    if (this.#open.size > exchangesMax) return `${this.#open.size} exchanges are under way, limit ${exchangesMax}`;
    const others = this.#bytes - bytes;
    if (others > underWayBytesMax) return `${others} bytes wait to be inspected, limit ${underWayBytesMax}`;
    if (!heldMemory.hasRoom(0, this.#limits)) {
      return `open exchanges hold ${heldMemory.bytes} bytes of memory, limit ${heldMemory.boundOf(this.#limits)}`;
    }
    const wait = this.#newcomersWaitMs;
    if (wait > admissionWaitMsMax && this.#open.size > 1) {
      return `a new exchange waits for ${Math.round(wait)} ms, limit ${admissionWaitMsMax}`;
    }
    return undefined;
  }

  get #newcomersWaitMs(): number {
    const lateMs = this.#ticker === undefined ? 0 : monotonicMs() - this.#expectedTickMs;
    return Math.max(this.#waitMs, this.#earlierWaitMs, lateMs);
  }

  #tick(): void {
    const now = monotonicMs();
    this.#earlierWaitMs = this.#waitMs;
    this.#waitMs = Math.max(0, now - this.#expectedTickMs);
    this.#expectedTickMs = now + tickMs;
    this.#lookForRoom();
  }

  #lookForRoom(): void {
    if (!this.#isOverloaded) return;
    const { exchangesMax, underWayBytesMax, admissionWaitMsMax } = this.#limits;
    const hasRoom =
      this.#open.size <= exchangesMax * roomShare &&
      this.#bytes <= underWayBytesMax * roomShare &&
      heldMemory.bytes <= heldMemory.boundOf(this.#limits) * roomShare &&
      this.#newcomersWaitMs <= admissionWaitMsMax * roomShare;
    if (!hasRoom) return;
    this.#isOverloaded = false;
    this.#options.onRoom(this.#refusals);
  }
}
