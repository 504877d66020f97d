// The body of one direction during inspection: its decoding, and how far rules have seen it. The two bodies of an exchange share
// nothing, so it does not matter how their bytes interleave. Knows no verdict.

import type { Steps } from '../base/turn.ts';
import type { Holding } from '../body/decoder.ts';
import type { Inspector } from '../inspect/inspector.ts';
import { type BodyCuts, BodyFlow, type Border, mayBeName } from './body-flow.ts';
import type { Direction } from './phase.ts';

/** What reads a direction's body, in steps: each has told something. */
export interface SideBody extends Holding {
  /** Whether rules look at its raw bytes. */
  readonly isSeenRaw: boolean;
  /** Whether it becomes one raw value, if anything, as it was sent. */
  readonly isOneValue: boolean;
  /** Takes bytes; borrowed until the steps are done. */
  write(bytes: Uint8Array): Steps<void>;
  /** Reads everything that has arrived so far. */
  flush(): Steps<void>;
  /** Ends the body; `bytes` is its length. */
  end(bytes: number): Steps<void>;
  /** Frees the resources of a body that will not end. Idempotent. */
  close(): void;
}

/** How much of a message was given. `complete`: every byte of its body, although trailers may follow. */
export type BodyStage = 'before-head' | 'in-body' | 'complete' | 'ended';

/** What an inspected body works with. */
export interface InspectedBodyOptions {
  readonly direction: Direction;
  readonly inspector: Inspector;
  readonly body: SideBody;
  readonly cuts: BodyCuts;
}

/** The inspected body of one direction. */
export class InspectedBody {
  readonly direction: Direction;
  readonly inspector: Inspector;
  readonly body: SideBody;
  readonly flow: BodyFlow;
  #stage: BodyStage = 'before-head';
  #refusedFrom = Infinity;
  /** What `takeNews` counted when rules last ran over the body; -1: they never did. */
  #seenCount = -1;
  /** Bytes before are decided as they are: others followed them, or rules had nothing against a body that ended there. */
  #rawFrom = 0;
  #lastStrideBytes = 0;

  constructor({ direction, inspector, body, cuts }: InspectedBodyOptions) {
    this.direction = direction;
    this.inspector = inspector;
    this.body = body;
    this.flow = new BodyFlow(cuts);
  }

  /** Reads bytes, at most `flow.room`; borrowed until the steps are done. Returns whether they left something to do for later turns. */
  read(bytes: Uint8Array): Steps<boolean> {
    this.inspector.markInput(this.#reportedBytes);
    return this.#read(this.body.write(bytes));
  }

  /** Counts bytes that were read. Returns the border that they reach. @param wasLate what `read` returned. */
  add(bytes: number, wasLate: boolean): Border | undefined {
    const { flow } = this;
    const border = flow.add(bytes);
    flow.setCost(wasLate || mayBeName(this.#heldBytes(false)));
    if (border === 'stride') {
      this.#rawFrom = this.#lastStrideBytes;
      this.#lastStrideBytes = flow.bytes;
    }
    return border;
  }

  /** How many of the bytes given rules do not see in full, however often they are evaluated: a decoder keeps them. */
  #heldBytes(holdsRefused: boolean): number {
    const refusedFrom = holdsRefused ? this.#refusedFrom : Infinity;
    return this.flow.bytes - Math.min(this.#reportedBytes, this.undecidedFrom, refusedFrom);
  }

  /** Rules were evaluated at a stride. @param holdsRefused whether to hold the rest of a body that its decoder will reject. */
  passStride(holdsRefused: boolean): void {
    this.flow.passStride(this.#heldBytes(holdsRefused));
  }

  /** Rules were evaluated over all bytes so far. @param holdsRefused as for `passStride`. */
  markEvaluated(holdsRefused: boolean): void {
    this.flow.markEvaluated(this.#heldBytes(holdsRefused));
  }

  get stage(): BodyStage {
    return this.#stage;
  }

  /** Its head was inspected. */
  begin(): void {
    this.#stage = 'in-body';
  }

  /** Its reader is open. @param bytes its length, if it is known and rules are to look at it before its first stride. */
  expect(bytes: number | undefined): void {
    this.flow.expect(bytes);
    if (this.body.isOneValue) this.flow.takeStrides();
  }

  /** Where the first undecided part of the body begins: rules have not seen it as if it ended there. Infinity when there is none. */
  get undecidedFrom(): number {
    const { inspector, body } = this;
    return Math.min(inspector.undecidedFrom, body.isSeenRaw && inspector.isRawOpen ? this.#rawFrom : Infinity);
  }

  /** The decoder has found the body malformed; it reads on, and reports the failure at the end. */
  noteRefusal(): void {
    this.#refusedFrom = Math.min(this.#refusedFrom, this.#reportedBytes);
  }

  /** Refuses the body before its end when more than so many bytes have come since: what is held must not fill the proxy's buffers. */
  endRefusal(heldBytesMax: number): void {
    const isLong = this.flow.bytes - this.#refusedFrom > heldBytesMax;
    if (isLong) this.inspector.problems.add('parse', 'the body is malformed');
  }

  /** Bytes of the body whose fields decoders have reported. */
  get #reportedBytes(): number {
    return this.flow.bytes - this.body.heldBytes;
  }

  /** The phase of the direction's body. */
  get bodyPhase(): 2 | 4 {
    return this.direction === 'request' ? 2 : 4;
  }

  /** Makes every hit in the fields that have ended known. */
  *flushEnded(): Steps<void> {
    if (!this.#hasAll) yield* this.#read(this.body.flush());
    const flush = this.inspector.flushEndedInSteps();
    if (flush !== undefined) yield* flush;
  }

  /** Makes every hit in the bytes so far known. Undefined: it is done, without a step. */
  flush(): Steps<void> | undefined {
    return this.#hasAll ? this.inspector.flushInSteps() : this.#flushUnread();
  }

  *#flushUnread(): Steps<void> {
    yield* this.#read(this.body.flush());
    const flush = this.inspector.flushInSteps();
    if (flush !== undefined) yield* flush;
  }

  /**
   * Whether there are new hits for rules of the body's phase, new problems, or rules that new counts or lengths may match
   * (`risenRules`), since the last call.
   */
  takeNews(risen: number | undefined): boolean {
    const count = this.#foundCount + (risen ?? 0);
    if (count === this.#seenCount && risen !== undefined) return false;
    this.#seenCount = count;
    return true;
  }

  /** Whether anything was found, in the head or later, that rules of the body's phase look at. */
  hasFinds(risen: number | undefined): boolean {
    return risen !== 0 || this.#foundCount > 0;
  }

  get #foundCount(): number {
    const { hits, problems } = this.inspector;
    return hits.countFor(this.bodyPhase) + problems.all.length;
  }

  /** Every byte of the body is in, although trailers may follow: makes every hit in it known. */
  complete(): Steps<void> {
    this.#stage = 'complete';
    return this.#readToEnd();
  }

  /** Whether every byte of the body was given. */
  get #hasAll(): boolean {
    return this.#stage === 'complete' || this.#stage === 'ended';
  }

  *#readToEnd(): Steps<void> {
    yield* this.#read(this.body.end(this.flow.bytes));
    const flush = this.inspector.flushInSteps();
    if (flush !== undefined) yield* flush;
  }

  /** The message has ended. Undefined: all is done, without a step. */
  end(): Steps<void> | undefined {
    const steps = this.#hasAll ? this.inspector.flushInSteps() : this.#readToEnd();
    this.#stage = 'ended';
    return steps;
  }

  /** Rules have seen the open values as if they had ended, and would not stop the exchange. */
  passTrial(holdsRefused: boolean): void {
    this.inspector.passTrial(this.#reportedBytes);
    this.#rawFrom = this.flow.bytes;
    this.#lastStrideBytes = this.flow.bytes;
    this.markEvaluated(holdsRefused);
  }

  /** Processes what each step reported before the next one. Returns whether a step did not fit into a turn. */
  *#read(steps: Steps<void>): Steps<boolean> {
    const { inspector } = this;
    let wasLate = false;
    let stepCount = 0;
    // What is reported after a turn is over is copied for the next one: one value, all of it.
    if (this.body.isOneValue && inspector.work.isTurnOver) yield;
    for (const _ of steps) {
      // Most pieces are read in one step, and the next step checks the turn anyway.
      if (stepCount > 0 && inspector.work.isTurnOver) yield;
      stepCount += 1;
      if (inspector.isLate && (yield* inspector.catchUp())) wasLate = true;
    }
    if (inspector.isLate && (yield* inspector.catchUp())) wasLate = true;
    inspector.memory.hold(inspector.memoryBytes);
    return wasLate;
  }

  /** Frees native streams. Idempotent. */
  close(): void {
    this.body.close();
    this.inspector.close();
  }
}
