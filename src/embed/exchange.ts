// One HTTP exchange for programs that embed the engine: checks its input, gives the decision on each part as a promise, and runs
// its own timers. Knows no server.

import { monotonicMs } from '../base/clock.ts';
import { asWafError } from '../base/errors.ts';
import type { DeadlineList, DeadlineListener } from '../ext-proc/deadline-list.ts';
import type { HeaderList } from '../http/headers.ts';
import {
  checkChunk,
  checkHeaders,
  checkRequestHead,
  checkResponseHead,
  misuse,
} from '../transaction/checked-inspection.ts';
import type { ExchangeEvent, Step } from '../transaction/event.ts';
import type { RequestHead, ResponseHead } from '../transaction/inspection.ts';
import { PendingReplies } from '../transaction/pending-replies.ts';
import type { Direction } from '../transaction/phase.ts';
import type { TransactionRecord } from '../transaction/record.ts';
import type { Transaction } from '../transaction/transaction.ts';

/**
 * What to do with a part of a message. `release`: pass it on. `block`: pass on nothing more of the exchange; answer with `status`
 * (with `location` as a header), or cut the connection if `isCommitted`: the head of the response has already been released.
 * `requestId` identifies the exchange in its record.
 */
export type Decision =
  | { readonly kind: 'release' }
  | {
      readonly kind: 'block';
      readonly status: number;
      readonly location?: string;
      readonly isCommitted: boolean;
      readonly requestId: string;
    };

/** The pending reply to a part: the promise of its decision. */
type Waiter = PromiseWithResolvers<Decision>;

type Stage = 'before-head' | 'in-body' | 'ended';

const released: Decision = { kind: 'release' };
const directions: readonly Direction[] = ['request', 'response'];

/**
 * One HTTP exchange. Pass in parts in order, as they arrive, without waiting for the decisions on earlier ones: a decision can
 * depend on what follows. Chunks are borrowed until they are decided. No part is released before its bytes are inspected, unless
 * a failure policy allows it. Every method throws WafError `api.misuse` immediately for arguments of a wrong type and calls out
 * of order; a promise that rejects means that the part must not be passed on.
 */
export interface Exchange {
  /** The request's head. `endOfStream`: no body follows. */
  requestHead(head: RequestHead, endOfStream: boolean): Promise<Decision>;
  /** The next bytes of the request's body. */
  requestChunk(chunk: Uint8Array): Promise<Decision>;
  /** The request's body is complete. */
  requestEnd(trailers?: HeaderList): Promise<Decision>;
  /** The response's head. `endOfStream`: no body follows. */
  responseHead(head: ResponseHead, endOfStream: boolean): Promise<Decision>;
  /** The next bytes of the response's body. */
  responseChunk(chunk: Uint8Array): Promise<Decision>;
  /** The response's body is complete. The request is then judged as if it had ended, and accepts nothing more. */
  responseEnd(trailers?: HeaderList): Promise<Decision>;
  /**
   * Ends the exchange, frees its resources and returns its record; must be called when it is over, however it ended. Open
   * decisions reject. Idempotent.
   */
  close(): Promise<TransactionRecord>;
}

/** An exchange over a transaction, with the timer for its deadlines. */
export class OpenExchange implements Exchange, DeadlineListener {
  readonly #transaction: Transaction;
  readonly #deadlines: DeadlineList;
  readonly #onClose: () => void;
  readonly #stages: Record<Direction, Stage> = { request: 'before-head', response: 'before-head' };
  readonly #waiting = new PendingReplies<Waiter>();
  #verdict: Decision | undefined;
  #failure: Error | undefined;
  #work: Promise<void> = Promise.resolve();
  #record: Promise<TransactionRecord> | undefined;

  /**
   * @param deadlines timer that calls `onDeadline`.
   * @param onClose called once, when everything is freed. Must not throw.
   */
  constructor(transaction: Transaction, deadlines: DeadlineList, onClose: () => void) {
    this.#transaction = transaction;
    this.#deadlines = deadlines;
    this.#onClose = onClose;
  }

  requestHead(head: RequestHead, endOfStream: boolean): Promise<Decision> {
    this.#enter('request', 'before-head', 'head');
    checkRequestHead(head, endOfStream);
    this.#stages.request = endOfStream ? 'ended' : 'in-body';
    return this.#decide('request', { kind: 'request-head', head, endOfStream });
  }

  requestChunk(chunk: Uint8Array): Promise<Decision> {
    return this.#chunk('request', chunk);
  }

  requestEnd(trailers: HeaderList = []): Promise<Decision> {
    return this.#end('request', trailers);
  }

  responseHead(head: ResponseHead, endOfStream: boolean): Promise<Decision> {
    if (this.#stages.request === 'before-head')
      throw misuse('the head of the response came before that of the request');
    this.#enter('response', 'before-head', 'head');
    checkResponseHead(head, endOfStream);
    this.#stages.response = endOfStream ? 'ended' : 'in-body';
    if (endOfStream) this.#stages.request = 'ended';
    return this.#decide('response', { kind: 'response-head', head, endOfStream });
  }

  responseChunk(chunk: Uint8Array): Promise<Decision> {
    return this.#chunk('response', chunk);
  }

  responseEnd(trailers: HeaderList = []): Promise<Decision> {
    return this.#end('response', trailers);
  }

  close(): Promise<TransactionRecord> {
    this.#record ??= this.#close();
    return this.#record;
  }

  /** Called by the timer only. */
  onDeadline(): void {
    for (const direction of directions) this.#run(() => this.#whenDue(direction));
  }

  #chunk(direction: Direction, chunk: Uint8Array): Promise<Decision> {
    this.#enter(direction, 'in-body', 'body');
    checkChunk(chunk);
    return this.#decide(direction, { kind: 'chunk', direction, chunk, endOfStream: false });
  }

  #end(direction: Direction, trailers: HeaderList): Promise<Decision> {
    this.#enter(direction, 'in-body', 'end');
    checkHeaders(`the trailers of the ${direction}`, trailers);
    this.#stages[direction] = 'ended';
    // The request was judged when the response ended; anything after that would not be inspected.
    this.#stages.request = 'ended';
    return this.#decide(
      direction,
      trailers.length > 0
        ? { kind: 'trailers', direction, trailers }
        : { kind: 'chunk', direction, chunk: new Uint8Array(), endOfStream: true },
    );
  }

  #enter(direction: Direction, wanted: Stage, part: string): void {
    if (this.#record !== undefined) throw misuse('the exchange is closed');
    const stage = this.#stages[direction];
    if (stage !== wanted) throw misuse(`the ${part} of a ${direction} came while the ${direction} is ${stage}`);
  }

  #decide(direction: Direction, event: ExchangeEvent): Promise<Decision> {
    const waiter = Promise.withResolvers<Decision>();
    this.#waiting.add(direction, waiter);
    this.#run(() => this.#transaction.accept(event));
    // A caller that ignores a decision releases nothing; the rejection must not end the process.
    waiter.promise.catch(() => undefined);
    return waiter.promise;
  }

  /** One event at a time, in order. */
  #run(accept: () => Step | Promise<Step> | undefined): void {
    this.#work = this.#work.then(async () => {
      try {
        const step = await accept();
        if (step !== undefined) this.#give(step);
      } catch (thrown) {
        this.#failure = asWafError(thrown);
      }
      // A transaction that failed gives no more steps.
      if (this.#failure !== undefined) this.#rejectAll(this.#failure);
      this.#watch();
    });
  }

  #whenDue(direction: Direction): Step | Promise<Step> | undefined {
    const isDue = (this.#transaction.deadlineMs(direction) ?? Infinity) <= monotonicMs();
    return isDue ? this.#transaction.accept({ kind: 'deadline', direction }) : undefined;
  }

  #give(step: Step): void {
    if (step.kind === 'fail') {
      this.#failure = step.error;
      return;
    }
    if (step.kind === 'release') for (const waiter of this.#waiting.take(step)) waiter.resolve(released);
    else {
      const { status, location, isCommitted, report } = step;
      const { requestId } = report;
      this.#verdict = {
        kind: 'block',
        status,
        isCommitted,
        requestId,
        ...(location === undefined ? {} : { location }),
      };
    }
    if (this.#verdict !== undefined) for (const waiter of this.#waiting.takeAll()) waiter.resolve(this.#verdict);
  }

  /** Returns how many parts were undecided. */
  #rejectAll(reason: Error): number {
    const waiters = this.#waiting.takeAll();
    for (const waiter of waiters) waiter.reject(reason);
    return waiters.length;
  }

  #watch(): void {
    const deadlineMs = Math.min(...directions.map((direction) => this.#transaction.deadlineMs(direction) ?? Infinity));
    if (deadlineMs === Infinity || this.#record !== undefined) this.#deadlines.forget(this);
    else this.#deadlines.watch(this, deadlineMs);
  }

  async #close(): Promise<TransactionRecord> {
    this.#deadlines.forget(this);
    const hasEnded = directions.every((direction) => this.#stages[direction] === 'ended');
    this.#transaction.abandon();
    const undecidedCount = this.#rejectAll(misuse('the exchange was closed before this part was decided'));
    // An ongoing inspection still uses what would be freed.
    await this.#work;
    this.#deadlines.forget(this);
    const record = this.#transaction.finish(hasEnded && undecidedCount === 0 ? 'complete' : 'cancelled');
    this.#onClose();
    return record;
  }
}
