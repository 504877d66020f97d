// One exchange of a candidate: records the input of the live inspection, and inspects it later, step by step, on request.

import type { Limits } from '../base/limits.ts';
import type { Steps } from '../base/turn.ts';
import type { PersistentCollections } from '../evaluate/persistent-collections.ts';
import type { RequestHead, ResponseHead } from '../http/head.ts';
import type { HeaderList } from '../http/headers.ts';
import type { PlanLease } from '../plan/plan-handle.ts';
import type { Profile } from '../profile/profile.ts';
import type { ExchangeTap, ShadowSide } from '../profile/shadow.ts';
import { Inspection } from '../transaction/inspection.ts';
import type { Direction } from '../transaction/phase.ts';

/** An operation on the inspection, in order of arrival. */
type Input = (inspection: Inspection) => Steps<unknown>;

/** The limits of a candidate that does this many units of work at a time. */
export const slicedLimits = (limits: Limits, turnWorkMax: number): Limits => ({ ...limits, turnWorkMax });

/** Options of a run. */
export interface ShadowRunOptions {
  readonly candidate: Profile;
  readonly limits: Limits;
  /** The candidates' own collections, separate from those of the live rules. */
  readonly collections: PersistentCollections;
  readonly requestId: string;
  /** Reserves memory for a copy; false: there is none, and the run must be dropped. */
  readonly takeBytes: (bytes: number) => boolean;
  readonly giveBytes: (bytes: number) => void;
  /** Called when there is input. */
  readonly onInput: () => void;
  /** Called when it cannot accept further input. */
  readonly onFull: () => void;
}

/** The result of a run. */
export interface FinishedRun {
  readonly live: ShadowSide;
  readonly shadow: ShadowSide;
  readonly isWhole: boolean;
  readonly head: RequestHead | undefined;
}

/** One exchange. Must be closed. */
export class ShadowRun implements ExchangeTap {
  readonly #options: ShadowRunOptions;
  readonly #lease: PlanLease;
  readonly #inspection: Inspection;
  readonly #inputs: { readonly run: Input; readonly bytes: number }[] = [];
  readonly #ended: Record<Direction, boolean> = { request: false, response: false };
  #current: Steps<unknown> | undefined;
  #currentBytes = 0;
  #head: RequestHead | undefined;
  #live: ShadowSide | undefined;
  #isWhole = true;
  #isClosed = false;

  constructor(options: ShadowRunOptions) {
    this.#options = options;
    const { candidate, limits, collections, requestId } = options;
    this.#lease = candidate.plans.lease();
    const { failurePolicy } = candidate;
    this.#inspection = new Inspection(this.#lease.plan, { requestId, limits, failurePolicy, collections });
  }

  requestHead(head: RequestHead, endOfStream: boolean): void {
    this.#head = head;
    this.#ended.request ||= endOfStream;
    this.#put(0, (inspection) => inspection.side('request').headInSteps(head, endOfStream));
  }

  responseHead(head: ResponseHead, endOfStream: boolean): void {
    this.#ended.response ||= endOfStream;
    this.#put(0, (inspection) => inspection.side('response').headInSteps(head, endOfStream));
  }

  chunk(direction: Direction, chunk: Uint8Array): void {
    if (this.#isClosed) return;
    if (!this.#options.takeBytes(chunk.length)) {
      this.#options.onFull();
      return;
    }
    // A Buffer's own `slice` would be a view.
    const copy = new Uint8Array(chunk);
    this.#put(copy.length, (inspection) => inspection.side(direction).chunkInSteps(copy));
  }

  end(direction: Direction, trailers: HeaderList): void {
    if (this.#ended[direction]) return;
    this.#ended[direction] = true;
    this.#put(0, (inspection) =>
      direction === 'request'
        ? inspection.side('request').endInSteps(trailers)
        : inspection.side('response').endInSteps(trailers),
    );
  }

  close(live: ShadowSide): void {
    const { verdict } = live;
    this.#live = live;
    const side: Direction = verdict.kind === 'allow' || verdict.phase <= 2 ? 'request' : 'response';
    this.#isWhole = verdict.kind !== 'block' || this.#ended[side];
    // The live rules may have stopped the exchange in the middle of a body; the candidate is evaluated at the same point.
    if (!this.#isWhole) this.#put(0, (inspection) => inspection.side(side).evaluateNowInSteps());
    this.#put(0, (inspection) => inspection.closeInSteps());
  }

  /** Whether there is input to process. */
  get hasInput(): boolean {
    return !this.#isClosed && (this.#current !== undefined || this.#inputs.length > 0);
  }

  /**
   * Continues until the turn is over, or all input is processed.
   * @returns a promise that it waits for; or its result, once it is over; or nothing.
   * @throws the errors of inspection.
   */
  step(): Promise<void> | FinishedRun | undefined {
    while (this.#current !== undefined || this.#takeNext()) {
      const { done, value } = (this.#current as Steps<unknown>).next();
      if (done !== true) return value;
      this.#current = undefined;
      this.#giveBack();
    }
    if (this.#live === undefined) return undefined;
    const { verdict, matches, inboundScore } = this.#inspection.summary;
    const shadow = { verdict, matches, score: inboundScore };
    return { live: this.#live, shadow, isWhole: this.#isWhole, head: this.#head };
  }

  /** Frees its resources, finished or not. Idempotent. */
  drop(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#current?.return(undefined);
    this.#giveBack();
    for (const { bytes } of this.#inputs.splice(0)) this.#options.giveBytes(bytes);
    try {
      this.#inspection.close();
    } finally {
      this.#lease.release();
    }
  }

  #put(bytes: number, run: Input): void {
    if (this.#isClosed) return;
    this.#inputs.push({ run, bytes });
    this.#options.onInput();
  }

  #takeNext(): boolean {
    const next = this.#inputs.shift();
    if (next === undefined) return false;
    this.#currentBytes = next.bytes;
    this.#current = next.run(this.#inspection);
    return true;
  }

  #giveBack(): void {
    this.#options.giveBytes(this.#currentBytes);
    this.#currentBytes = 0;
  }
}
