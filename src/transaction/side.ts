// One direction of an exchange as the rules see it: its head, the chunks of its body and its end go in, a verdict comes out.
// Decides when rules are evaluated; knows nothing of holding, releasing, Envoy or time limits.

import type { Limits } from '../base/limits.ts';
import { runForCaller, type Steps } from '../base/turn.ts';
import type { Verdict } from '../decision/verdict.ts';
import { isKnownToPass } from '../evaluate/evaluator.ts';
import { risenRules } from '../evaluate/rising.ts';
import type { RequestHead, ResponseHead } from '../http/head.ts';
import type { HeaderList } from '../http/headers.ts';
import type { Inspector } from '../inspect/inspector.ts';
import type { Trial } from '../inspect/trial.ts';
import { type Border, withoutLook } from './body-flow.ts';
import { isUnseen } from './head-fields.ts';
import { InspectedBody } from './inspected-body.ts';
import type { Message } from './message.ts';
import type { Direction } from './phase.ts';
import type { PhaseRunner } from './phase-runner.ts';

/** Called with the input of a side, before the side itself. */
export interface SideTap<Head> {
  head(head: Head, endOfStream: boolean): void;
  /** The chunk is borrowed until the call returns. */
  chunk(chunk: Uint8Array): void;
  end(trailers: HeaderList): void;
}

/** Options of a side. */
export interface SideOptions<Head> {
  readonly direction: Direction;
  readonly inspector: Inspector;
  readonly message: Message<Head>;
  readonly phases: PhaseRunner;
  readonly limits: Limits;
  /** Absent: none. */
  readonly tap?: SideTap<Head> | undefined;
}

/**
 * One direction. Every method that may take long exists twice: at once, and `…InSteps`, which yields when a turn of the event
 * loop is over. The result is the same. Only one call at a time is allowed, in both directions together.
 */
export class Side<Head extends RequestHead | ResponseHead> {
  readonly #inspector: Inspector;
  readonly #message: Message<Head>;
  readonly #phases: PhaseRunner;
  readonly #limits: Limits;
  readonly #tap: SideTap<Head> | undefined;
  readonly #body: InspectedBody;

  constructor({ direction, inspector, message, phases, limits, tap }: SideOptions<Head>) {
    this.#inspector = inspector;
    this.#message = message;
    this.#phases = phases;
    this.#limits = limits;
    this.#tap = tap;
    this.#body = new InspectedBody({
      direction,
      inspector,
      body: message.body,
      cuts: direction === 'request' ? limits : withoutLook(limits),
    });
  }

  /** Body bytes `[0, n)` were inspected and evaluated: they may be released. */
  get evaluatedBytes(): number {
    return this.#body.flow.evaluatedBytes;
  }

  /** Body bytes that had been given at the last evaluation: another would find nothing new in them. */
  get consideredBytes(): number {
    return this.#body.flow.consideredBytes;
  }

  /** Body bytes that were given. */
  get bytes(): number {
    return this.#body.flow.bytes;
  }

  /** What could not be inspected. */
  get problems(): Inspector['problems'] {
    return this.#inspector.problems;
  }

  /** Whether a rule said `allow`, so that nothing in this direction stops the exchange any more. */
  get isAllowed(): boolean {
    return this.#phases.state.spares(this.#body.bodyPhase);
  }

  /** Whether rules saw its head. */
  get hasBegun(): boolean {
    return this.#body.stage !== 'before-head';
  }

  /** The decoder has found the body malformed; it reads on, and reports the failure at the end. */
  noteRefusal(): void {
    this.#body.noteRefusal();
  }

  /** Runs the phase of the head; when there is no body, that of the body too. */
  head(head: Head, endOfStream: boolean): Verdict {
    return runForCaller(this.headInSteps(head, endOfStream));
  }

  *headInSteps(head: Head, endOfStream: boolean): Steps<Verdict> {
    this.#tap?.head(head, endOfStream);
    const { judge, state } = this.#phases;
    if (judge.isBlocked || isUnseen(head, this.#inspector, state)) return judge.verdict;
    const message = this.#message;
    yield* message.takeHead(head);
    const flush = this.#inspector.flushInSteps();
    if (flush !== undefined) yield* flush;
    this.#body.begin();
    const phase = this.#phases.run(message.headPhase);
    if (phase !== undefined) yield* phase;
    if (judge.isBlocked) return judge.verdict;
    message.decide(head);
    if (endOfStream) return yield* this.#end([]);
    this.#body.expect(message.open(head));
    // A head above a limit is judged by itself: its body may never arrive.
    if (this.problems.all.length > 0) yield* this.#evaluateFound();
    return judge.verdict;
  }

  /**
   * Decodes and scans a chunk, borrowed until the call returns or the steps are done; at fixed offsets, runs the rules whose
   * result more bytes cannot change.
   */
  chunk(chunk: Uint8Array): Verdict {
    return runForCaller(this.chunkInSteps(chunk));
  }

  *chunkInSteps(chunk: Uint8Array): Steps<Verdict> {
    this.#tap?.chunk(chunk);
    const { judge } = this.#phases;
    const body = this.#body;
    let from = 0;
    while (from < chunk.length && !judge.isBlocked) {
      const to = Math.min(from + body.flow.room, chunk.length);
      const wasLate = yield* body.read(from === 0 && to === chunk.length ? chunk : chunk.subarray(from, to));
      const border = body.add(to - from, wasLate);
      from = to;
      if (border === 'look') yield* this.#look();
      else if (border === 'stride') yield* this.#evaluateStride();
    }
    return judge.verdict;
  }

  /** Ends the message: trailers count as headers, then the phase of the body runs in full. Idempotent. */
  end(trailers: HeaderList = []): Verdict {
    return runForCaller(this.endInSteps(trailers));
  }

  *endInSteps(trailers: HeaderList = []): Steps<Verdict> {
    this.#tap?.end(trailers);
    return yield* this.#end(trailers);
  }

  *#end(trailers: HeaderList): Steps<Verdict> {
    const { judge, state } = this.#phases;
    const body = this.#body;
    if (body.stage === 'ended' || judge.isBlocked || state.engine === 'Off') return judge.verdict;
    if (trailers.length > 0) yield* this.#message.takeTrailers(trailers);
    const end = body.end();
    if (end !== undefined) yield* end;
    const phase = this.#phases.run(body.bodyPhase);
    if (phase !== undefined) yield* phase;
    body.flow.end();
    this.#considerProblems();
    return judge.verdict;
  }

  /** Evaluates off the stride, for a hold that ends. An open value is tried as if it ended here, to know whether it may go. */
  evaluateNow(): Verdict {
    return runForCaller(this.evaluateNowInSteps());
  }

  *evaluateNowInSteps(): Steps<Verdict> {
    const { judge } = this.#phases;
    if (judge.isBlocked) return judge.verdict;
    yield* this.#evaluateEarly();
    this.#body.markEvaluated(this.#holdsRefused);
    if (!judge.isBlocked && this.#body.undecidedFrom < Infinity) yield* this.#tryOpenFields();
    return judge.verdict;
  }

  /** Says that every byte of the body has been given, although trailers may follow, for which its phase waits. */
  *completeInSteps(): Steps<Verdict> {
    const { judge, state } = this.#phases;
    const body = this.#body;
    if (judge.isBlocked || body.stage === 'ended' || state.engine === 'Off') return judge.verdict;
    yield* body.complete();
    yield* this.#evaluateEarly();
    body.flow.end();
    return judge.verdict;
  }

  /** Frees native streams. Idempotent. */
  close(): void {
    this.#body.close();
  }

  /** Whether a body that its decoder will refuse at its end is blocked then: nothing more of it may go before. */
  get #holdsRefused(): boolean {
    return this.#phases.blocks('parse', 2);
  }

  *#evaluateStride(): Steps<void> {
    yield* this.#evaluateEarly();
    this.#body.passStride(this.#holdsRefused);
  }

  /** The first look: what blocks here would block at the first stride at the latest. */
  *#look(): Steps<void> {
    yield* this.#body.flushEnded();
    const trial = this.#inspector.lookAtOpenFields(this.#message.body.isSeenRaw);
    yield* this.#evaluateFound('look');
    // A match of the values as if they ended here may not hold when they continue: then only rules whose result cannot change
    // count.
    if (trial !== undefined && (yield* this.#isStoppedIn(trial))) yield* this.#evaluateEarly();
  }

  /** Runs the rules of a body phase whose result the rest of the body cannot change; a disruption takes effect at once. */
  *#evaluateEarly(): Steps<void> {
    const flush = this.#body.flush();
    if (flush !== undefined) yield* flush;
    yield* this.#evaluateFound();
  }

  *#evaluateFound(border: Border = 'stride'): Steps<void> {
    const phases = this.#phases;
    const body = this.#body;
    const phase = body.bodyPhase;
    body.endRefusal(this.#limits.holdWindowBytesMax);
    const problems = this.problems.all;
    if (phases.canStopIn(phase)) {
      const risen = risenRules(phases.planOf(phase), phases.seeing(phase));
      // Rules that match without any finds run at the first stride: running them here would cost every harmless body 5 %.
      if (border === 'look' && phases.state.matches.length === 0 && !body.hasFinds(risen)) return;
      const hasNews = body.takeNews(risen);
      // The rules of this phase decide about a problem before the policy does.
      if (hasNews || problems.some(({ cause }) => phases.blocks(cause, phase))) {
        if (problems.length === 0 && isKnownToPass(phases.planOf(phase), phases.state)) return;
        const clone = yield* phases.try(phase, this.#inspector);
        if (clone !== 'disrupted') {
          this.#considerProblems(clone);
          return;
        }
        const steps = phases.evaluate(phase, 'early');
        if (steps !== undefined) yield* steps;
        return;
      }
    }
    this.#considerProblems();
  }

  #considerProblems(state = this.#phases.state): void {
    this.#phases.considerProblems(this.#inspector, this.#body.bodyPhase, state);
  }

  /** Runs rules on open values as if they ended here, on a copy of the state. */
  *#tryOpenFields(): Steps<void> {
    if (this.#phases.canStopIn(this.#body.bodyPhase)) {
      const trial = this.#inspector.tryOpenFields(this.#message.body.isSeenRaw);
      if (trial === undefined || (yield* this.#isStoppedIn(trial))) return;
    }
    this.#body.passTrial(this.#holdsRefused);
  }

  /** Whether rules would stop the exchange if they saw what a trial found. */
  *#isStoppedIn(trial: Trial): Steps<boolean> {
    const phase = this.#body.bodyPhase;
    return trial.hasHits && this.#phases.canStopIn(phase) && (yield* this.#phases.try(phase, trial)) === 'disrupted';
  }
}
