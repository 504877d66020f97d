// One HTTP exchange for those who embed the engine: what is given is checked, every part gets its decision by a promise, and
// the clocks run by themselves. Knows no server.

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
import type { Direction } from '../transaction/phase.ts';
import type { TransactionRecord } from '../transaction/record.ts';
import type { Transaction } from '../transaction/transaction.ts';

/**
 * What is to be done with a part of a message. `release`: it may go on. `block`: nothing of the exchange may go on from here;
 * answer `status` (with `location` as header), or cut the connection when `isCommitted`: the response's head was released.
 * `requestId` names the exchange in its record.
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

/** What a transaction owes us for a part: whoever waits for its decision. */
export type Waiter = PromiseWithResolvers<Decision>;

type Stage = 'before-head' | 'in-body' | 'ended';

const released: Decision = { kind: 'release' };
const directions: readonly Direction[] = ['request', 'response'];

/**
 * One HTTP exchange. Give it what comes, in order, without waiting for the decisions on what came before: a decision may depend on
 * what follows. Chunks are borrowed until they are decided. No part is released before its bytes were inspected, unless a failure
 * policy says so. Every method throws WafError `api.misuse` at once for what is of another type than it says and for calls out of
 * order; a promise that rejects means that the part must not go on.
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
  /** The response's body is complete. The request is judged then as if it had ended, and takes nothing more. */
  responseEnd(trailers?: HeaderList): Promise<Decision>;
  /**
   * Ends the exchange, frees what it holds and says what is known about it; must be called once it is over, however it ended.
   * Decisions that are still open reject. Idempotent.
   */
  close(): Promise<TransactionRecord>;
}

/** An exchange over a transaction, with the clock that its deadlines need. */
export class OpenExchange implements Exchange, DeadlineListener {
  readonly #transaction: Transaction<Waiter>;
  readonly #deadlines: DeadlineList;
  readonly #onClose: () => void;
  readonly #stages: Record<Direction, Stage> = { request: 'before-head', response: 'before-head' };
  readonly #waiting = new Set<Waiter>();
  #verdict: Decision | undefined;
  #failure: Error | undefined;
  #work: Promise<void> = Promise.resolve();
  #record: Promise<TransactionRecord> | undefined;

  /**
   * @param deadlines clock that calls `onDeadline`.
   * @param onClose called once, when everything is freed. Must not throw.
   */
  constructor(transaction: Transaction<Waiter>, deadlines: DeadlineList, onClose: () => void) {
    this.#transaction = transaction;
    this.#deadlines = deadlines;
    this.#onClose = onClose;
  }

  requestHead(head: RequestHead, endOfStream: boolean): Promise<Decision> {
    this.#enter('request', 'before-head', 'head');
    checkRequestHead(head);
    this.#stages.request = endOfStream ? 'ended' : 'in-body';
    return this.#decide((pendingReply) => ({ kind: 'request-head', head, endOfStream, pendingReply }));
  }

  requestChunk(chunk: Uint8Array): Promise<Decision> {
    return this.#chunk('request', chunk);
  }

  requestEnd(trailers: HeaderList = []): Promise<Decision> {
    return this.#end('request', trailers);
  }

  responseHead(head: ResponseHead, endOfStream: boolean): Promise<Decision> {
    if (this.#stages.request === 'before-head') throw misuse('the head of a response came before that of its request');
    this.#enter('response', 'before-head', 'head');
    checkResponseHead(head);
    this.#stages.response = endOfStream ? 'ended' : 'in-body';
    if (endOfStream) this.#stages.request = 'ended';
    return this.#decide((pendingReply) => ({ kind: 'response-head', head, endOfStream, pendingReply }));
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

  /** For the clock only. */
  onDeadline(): void {
    for (const direction of directions) this.#run(() => this.#whenDue(direction));
  }

  #chunk(direction: Direction, chunk: Uint8Array): Promise<Decision> {
    this.#enter(direction, 'in-body', 'body');
    checkChunk(chunk);
    return this.#decide((pendingReply) => ({ kind: 'chunk', direction, chunk, endOfStream: false, pendingReply }));
  }

  #end(direction: Direction, trailers: HeaderList): Promise<Decision> {
    this.#enter(direction, 'in-body', 'end');
    checkHeaders(`the trailers of the ${direction}`, trailers);
    this.#stages[direction] = 'ended';
    // The request was judged with the response's end: what came of it later would go on uninspected.
    this.#stages.request = 'ended';
    return this.#decide((pendingReply) =>
      trailers.length > 0
        ? { kind: 'trailers', direction, trailers, pendingReply }
        : { kind: 'chunk', direction, chunk: new Uint8Array(), endOfStream: true, pendingReply },
    );
  }

  #enter(direction: Direction, wanted: Stage, part: string): void {
    if (this.#record !== undefined) throw misuse('the exchange is closed');
    const stage = this.#stages[direction];
    if (stage !== wanted) throw misuse(`the ${part} of a ${direction} came while the ${direction} is ${stage}`);
  }

  #decide(eventFor: (pendingReply: Waiter) => ExchangeEvent<Waiter>): Promise<Decision> {
    const waiter = Promise.withResolvers<Decision>();
    this.#waiting.add(waiter);
    this.#run(() => this.#transaction.accept(eventFor(waiter)));
    // Who looks at no decision lets nothing go on; that must not end the process.
    waiter.promise.catch(() => undefined);
    return waiter.promise;
  }

  /** One event at a time, in order. */
  #run(accept: () => Step<Waiter> | Promise<Step<Waiter>> | undefined): void {
    this.#work = this.#work.then(async () => {
      try {
        const step = await accept();
        if (step !== undefined) this.#give(step);
      } catch (thrown) {
        this.#failure = asWafError(thrown);
      }
      // Nothing more comes back of a transaction that failed.
      if (this.#failure !== undefined) this.#rejectAll(this.#failure);
      this.#watch();
    });
  }

  #whenDue(direction: Direction): Step<Waiter> | Promise<Step<Waiter>> | undefined {
    const isDue = (this.#transaction.deadlineMs(direction) ?? Infinity) <= monotonicMs();
    return isDue ? this.#transaction.accept({ kind: 'deadline', direction }) : undefined;
  }

  #give(step: Step<Waiter>): void {
    if (step.kind === 'fail') {
      this.#failure = step.error;
      return;
    }
    if (step.kind === 'release') for (const waiter of step.pendingReplies) this.#settle(waiter, released);
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
    if (this.#verdict !== undefined) for (const waiter of this.#waiting) this.#settle(waiter, this.#verdict);
  }

  #settle(waiter: Waiter, decision: Decision): void {
    this.#waiting.delete(waiter);
    waiter.resolve(decision);
  }

  #rejectAll(reason: Error): void {
    for (const waiter of this.#waiting) waiter.reject(reason);
    this.#waiting.clear();
  }

  #watch(): void {
    const deadlineMs = Math.min(...directions.map((direction) => this.#transaction.deadlineMs(direction) ?? Infinity));
    if (deadlineMs === Infinity || this.#record !== undefined) this.#deadlines.forget(this);
    else this.#deadlines.watch(this, deadlineMs);
  }

  async #close(): Promise<TransactionRecord> {
    this.#deadlines.forget(this);
    const isComplete = directions.every((direction) => this.#stages[direction] === 'ended') && this.#waiting.size === 0;
    this.#transaction.abandon();
    this.#rejectAll(misuse('the exchange was closed before this part was decided'));
    // An inspection under way still uses what would be freed.
    await this.#work;
    this.#deadlines.forget(this);
    const record = this.#transaction.finish(isComplete ? 'complete' : 'cancelled');
    this.#onClose();
    return record;
  }
}
