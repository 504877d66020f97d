// Whether another exchange is accepted: limits on what is open in this process, on the memory it holds, and on the time
// that a new exchange waits for its turn. Knows no message and no policy: the policy decides about exchanges that are refused.

import { monotonicMs } from '../base/clock.ts';
import { WafError } from '../base/errors.ts';
import { heldMemory, type MemoryLimits } from '../base/held-memory.ts';
import type { Limits } from '../base/limits.ts';

/** What is asked of an exchange under way. */
export interface OpenExchange {
  /** Body bytes that the proxy holds back for it now. */
  readonly heldBytes: number;
}

/** The bounds. */
export type AdmissionLimits = MemoryLimits & Pick<Limits, 'exchangesMax' | 'underWayBytesMax' | 'admissionWaitMsMax'>;

/** What it is made with. */
export interface AdmissionOptions {
  readonly limits: AdmissionLimits;
  /** Told when a bound is reached, with a sentence. Must not throw. */
  readonly onOverload: (reason: string) => void;
  /** Told when there is room again, with how often an exchange was refused meanwhile. Must not throw. */
  readonly onRoom: (refusals: number) => void;
}

/** How often the event loop's delay is looked at, and for how long, twice at most, a wait counts. */
const tickMs = 100;

/** There is room again when every measure is below this share of its limit; at the limit itself the state would flap. */
const roomShare = 0.5;

/**
 * Counts what is under way. The wait of a newcomer is what was measured last: how late the event loop runs, and how long
 * streams were open before their first message could be read.
 */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #limits: AdmissionLimits;
  readonly #open = new Set<OpenExchange>();
  #bytes = 0;
  #expectedTickMs = 0;
  /** The longest wait of this tick and of the one before. */
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

  /** Exchanges under way. */
  get exchanges(): number {
    return this.#open.size;
  }

  /** Bytes that came and are not inspected yet. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Body bytes that the proxy holds back for all of them. Asks each one. */
  get heldBytes(): number {
    let bytes = 0;
    for (const exchange of this.#open) bytes += exchange.heldBytes;
    return bytes;
  }

  /** Whether a bound was reached since there was room. */
  get isOverloaded(): boolean {
    return this.#isOverloaded;
  }

  /** How near this process is to its bounds: the largest share of one of them that is in use; 1 and above: at it. */
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

  /** Settles when no exchange is open any more, at the latest after this time. */
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

  /** Bytes have come that are inspected from now on: they count until `handled`. */
  received(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Received bytes were inspected, or are no longer needed. */
  handled(bytes: number): void {
    this.#bytes -= bytes;
    this.#lookForRoom();
  }

  /**
   * Asks for an exchange to be taken on: when it begins, and again before the first of its body is inspected. `bytes` are
   * those of the message, which count already.
   * @returns why not, as WafError `admission.overload`; undefined when it is taken on.
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
