// One HTTP exchange: the only mutable heart. Takes what happens, has it inspected, and says which of the withheld
// answers may go, or that the exchange is blocked. Knows no wire format and writes no log.

import { monotonicMs } from '../base/clock.ts';
import { assertNever, asWafError, WafError } from '../base/errors.ts';
import { type GiveUp, runAtOnce, runForCaller, runInTurns, type Steps, waitFor } from '../base/turn.ts';
import type { Verdict } from '../decision/verdict.ts';
import type { RequestHead, ResponseHead } from '../http/head.ts';
import { deadlinesOf, stalled } from './deadlines.ts';
import type { ExchangeEvent, Step } from './event.ts';
import { HeldSide } from './held-side.ts';
import { requestHoldPolicy, responseHoldPolicy } from './hold-policy.ts';
import type { Inspection, InspectionSummary } from './inspection.ts';
import type { TransactionOptions } from './options.ts';
import { type Direction, legalMoves, type MessagePart, type Move } from './phase.ts';
import type { Ending, StreamEnding, TransactionRecord } from './record.ts';
import { nothingInspected, Recorder } from './recorder.ts';
import { type Report, reportOf } from './report.ts';
import { requestIdOf } from './request-id.ts';

const allow: Verdict = { kind: 'allow' };

type BodyEvent<Reply> = Extract<ExchangeEvent<Reply>, { readonly kind: 'chunk' | 'trailers' }>;

/**
 * `accept` takes the events of an exchange in order, one at a time: the next one when the step of the last is there.
 *
 * - Each pending reply comes back in at most one step, pending replies of one direction in the order in which they came.
 * - No pending reply of a body's chunk comes back before all of its bytes were inspected and evaluated, unless a failure policy
 *   says so; then the record says how many bytes passed.
 * - After a `block` or `fail` step every further step is an empty release.
 * - `accept` never throws or rejects. `finish` must be called once, at the end of the stream, however it ended.
 */
export class Transaction<Reply> {
  readonly #options: TransactionOptions;
  readonly #request: HeldSide<Reply>;
  readonly #response: HeldSide<Reply>;
  readonly #recorder: Recorder;
  #inspection: Inspection | undefined;
  #requestHead: RequestHead | undefined;
  #responseHead: ResponseHead | undefined;
  #requestId = '';
  #verdict: Verdict;
  /** What the last report was made of. */
  #reported: { readonly matchCount: number; readonly verdict: Verdict['kind'] | undefined } = {
    matchCount: 0,
    verdict: undefined,
  };
  #isOver = false;
  #ending: Ending | undefined;
  /** Wakes what waits when the exchange is given up; absent while nothing does. */
  #abandoned: PromiseWithResolvers<void> | undefined;
  readonly #giveUp: GiveUp<Step<Reply>> = {
    instead: () => (this.#isOver ? nothing : undefined),
    woken: () => {
      this.#abandoned ??= Promise.withResolvers<void>();
      return this.#abandoned.promise;
    },
  };

  constructor(options: TransactionOptions) {
    this.#options = options;
    this.#recorder = new Recorder(options.noted?.error);
    this.#verdict = options.noted?.verdict ?? allow;
    this.#request = new HeldSide('request', options.deliveries.request, options.limits);
    this.#response = new HeldSide('response', options.deliveries.response, options.limits);
  }

  /** Name of the exchange; '' before its first message. */
  get requestId(): string {
    return this.#requestId;
  }

  /** Body bytes whose answers are withheld now. */
  get heldBytes(): number {
    return this.#isOver ? 0 : this.#request.queue.heldBytes + this.#response.queue.heldBytes;
  }

  /**
   * When a `deadline` event of a direction is next due (monotonic ms); undefined when nothing of it waits for a time: no answer
   * is held, and all bytes that came were evaluated.
   */
  deadlineMs(direction: Direction): number | undefined {
    if (this.#isOver) return undefined;
    const side = this.#side(direction);
    const { quietMs, stalledMs } = deadlinesOf(side, this.#inspection, this.#options.limits);
    const due = Math.min(side.holdDeadlineMs ?? Infinity, quietMs, stalledMs);
    return due === Infinity ? undefined : due;
  }

  /** Takes one event. What takes longer than a turn of the event loop goes on in later ones and is answered by a promise. */
  accept(event: ExchangeEvent<Reply>): Step<Reply> | Promise<Step<Reply>> {
    if (this.#isOver) return nothing;
    const stage = this.#recorder.begin(event);
    try {
      const step = runInTurns(this.#take(event), this.#giveUp);
      if (!(step instanceof Promise)) {
        this.#recorder.end(stage);
        return step;
      }
      return step.catch((thrown: unknown) => this.#onError(thrown, event)).finally(() => this.#recorder.end(stage));
    } catch (thrown) {
      this.#recorder.end(stage);
      return this.#onError(thrown, event);
    }
  }

  /** Nobody waits for the step of the last event any longer: its promise settles soon, with a step that says nothing. */
  abandon(): void {
    this.#isOver = true;
    this.#abandoned?.resolve();
  }

  /** Ends the exchange: frees what it holds and says what is known about it. Call once. */
  finish(ending: StreamEnding): TransactionRecord {
    return runForCaller(this.finishInSteps(ending));
  }

  *finishInSteps(ending: StreamEnding): Steps<TransactionRecord> {
    this.abandon();
    const summary = yield* this.#close();
    this.#options.lease?.release();
    // Envoy resets a stream when it has all of its answers: that cancels nothing.
    const isComplete = ending === 'cancelled' && this.#response.isAnswered;
    return this.#recorder.record({
      report: reportOf(this.#requestId, this.#verdict, summary),
      ending: this.#ending ?? (isComplete ? 'complete' : ending),
      request: this.#requestHead,
      response: this.#responseHead,
      profile: this.#options.profile ?? '',
      generation: this.#options.lease?.generation ?? 0,
      summary,
    });
  }

  #take(event: ExchangeEvent<Reply>): Steps<Step<Reply>> {
    switch (event.kind) {
      case 'request-head':
        return this.#takeRequestHead(event.head, event.endOfStream, event.pendingReply);
      case 'response-head':
        return this.#takeResponseHead(event.head, event.endOfStream, event.pendingReply);
      case 'chunk':
      case 'trailers':
        return this.#takeBody(event);
      case 'deadline':
        return this.#takeDeadline(this.#side(event.direction));
      case 'half-close':
        return this.#takeHalfClose();
      default:
        return assertNever(event);
    }
  }

  *#takeRequestHead(head: RequestHead, endOfStream: boolean, pendingReply: Reply): Steps<Step<Reply>> {
    const request = this.#request;
    this.#check(request, 'head');
    this.#requestId = requestIdOf(head.headers);
    this.#requestHead = head;
    request.begin(head.headers, pendingReply, requestHoldPolicy(head, this.#options.limits));
    this.#askForRoom();
    const inspection = yield* waitFor(this.#openInspection());
    this.#inspection = inspection;
    const isWhole = endOfStream || !request.hasBody;
    if (!endOfStream && isWhole) this.#recorder.uninspected('request-body-mode-none', 0);
    const verdict = yield* inspection.requestHeadersInSteps(head, isWhole);
    if (isWhole) request.end();
    return yield* this.#release(request, verdict);
  }

  #openInspection(): Inspection | Promise<Inspection> {
    const opened = this.#options.openInspection(this.#requestId, this.#options.isObserved === true);
    if (!(opened instanceof Promise)) return opened;
    return opened.then((inspection) => {
      // Nobody waits for it any more.
      if (this.#isOver) inspection.close();
      return inspection;
    });
  }

  *#takeResponseHead(head: ResponseHead, endOfStream: boolean, pendingReply: Reply): Steps<Step<Reply>> {
    const response = this.#response;
    this.#check(response, 'head');
    this.#responseHead = head;
    response.begin(head.headers, pendingReply, responseHoldPolicy(head, this.#requestHead, this.#options.limits));
    // The service answers without the request's end: it waits for none of what we hold.
    if (this.#request.phase === 'in-body') this.#request.queue.flow();
    if (this.#request.phase === 'before-head') this.#skipRequest();
    const isWhole = endOfStream || !response.hasBody;
    if (!endOfStream && isWhole) this.#recorder.uninspected('response-body-mode-none', 0);
    const early = yield* isWhole ? this.#endRequestEarly() : this.#evaluate(this.#request);
    if (early.kind === 'block') return this.#block(early);
    const verdict = response.passes ? allow : yield* this.#inspected.responseHeadersInSteps(head, isWhole);
    if (isWhole) response.end();
    return yield* this.#join(this.#release(this.#request, early), () => this.#release(response, verdict));
  }

  *#takeBody(event: BodyEvent<Reply>): Steps<Step<Reply>> {
    const side = this.#side(event.direction);
    const move = this.#check(side, event.kind);
    side.push(event.pendingReply, event.kind === 'chunk' ? event.chunk.length : 0);
    if (move === 'ignore' || side.passes) return yield* this.#passBy(side, event);
    if (side.isRequest && side.queue.isFirstOfBody) this.#askForRoom();
    if (event.kind === 'trailers') return yield* this.#release(side, yield* this.#end(side, event.trailers));
    const verdict = yield* this.#inspected.bodyInSteps(side.direction, event.chunk);
    return yield* this.#afterChunk(side, verdict, event.endOfStream);
  }

  *#afterChunk(side: HeldSide<Reply>, verdict: Verdict, endOfStream: boolean): Steps<Step<Reply>> {
    if (verdict.kind === 'block') return this.#block(verdict);
    if (endOfStream) return yield* this.#release(side, yield* this.#end(side));
    if (side.isBodyComplete) {
      return yield* this.#release(side, yield* this.#inspected.completeBodyInSteps(side.direction));
    }
    if (side.delivery.body === 'prefix') {
      const message = `only the first ${side.queue.receivedBytes} bytes of the ${side.direction} body came (BUFFERED_PARTIAL)`;
      throw new WafError('body.limit', message);
    }
    return yield* this.#release(side, verdict);
  }

  /** Time has passed: held messages go, or what a slow sender sent is evaluated before its next stride is full. */
  *#takeDeadline(side: HeldSide<Reply>): Steps<Step<Reply>> {
    const now = monotonicMs();
    const { quietMs, stalledMs } = deadlinesOf(side, this.#inspection, this.#options.limits);
    if ((side.holdDeadlineMs ?? Infinity) <= now) side.queue.flow();
    else if (quietMs <= now) {
      return yield* this.#release(side, yield* this.#inspected.evaluateNowInSteps(side.direction));
    } else if (stalledMs <= now) throw stalled(side, this.#inspected, this.#options.limits);
    return yield* this.#release(side, allow);
  }

  /** What comes after the end, or after a policy let the exchange go, is answered and counted. */
  #passBy(side: HeldSide<Reply>, event: BodyEvent<Reply>): Steps<Step<Reply>> {
    const bytes = event.kind === 'chunk' ? event.chunk.length : 0;
    if (bytes > 0 || event.kind === 'trailers') this.#recorder.uninspected(side.uninspectedCause, bytes);
    if (event.kind === 'trailers' || event.endOfStream) side.end();
    side.queue.clear();
    return this.#release(side, allow);
  }

  /** The proxy is done. Bodies that never ended are judged by what came of them. */
  *#takeHalfClose(): Steps<Step<Reply>> {
    for (const side of [this.#request, this.#response]) {
      if (side.phase !== 'in-body') continue;
      const verdict = yield* this.#end(side);
      if (verdict.kind === 'block') return this.#block(verdict);
    }
    return yield* this.#join(this.#release(this.#request, allow), () => this.#release(this.#response, allow));
  }

  /** A direction's message is complete: its phase runs whole, and nothing of it need be held any longer. */
  *#end(side: HeldSide<Reply>, trailers?: Parameters<Inspection['requestEnd']>[0]): Steps<Verdict> {
    side.end();
    if (side.passes) return allow;
    if (side.isRequest) return yield* this.#inspected.requestEndInSteps(trailers);
    const request = yield* this.#endRequestEarly();
    if (request.kind === 'block') return request;
    return yield* this.#inspected.responseEndInSteps(trailers);
  }

  /**
   * After the response's end the proxy takes nothing more from the client: a request whose end never came (trailers that
   * the proxy does not send us, an early answer) is judged now, while the end of the response can still be withheld, and
   * before it, as if it had come in time.
   */
  *#endRequestEarly(): Steps<Verdict> {
    return this.#request.phase === 'in-body' ? yield* this.#end(this.#request) : allow;
  }

  /** A response without a request is the proxy's own (a local reply): there is nothing of the service in it. */
  #skipRequest(): void {
    this.#request.phase = 'skipped';
    this.#response.pass('response-without-request');
    this.#recorder.uninspected('response-without-request', 0);
  }

  /** Evaluates off the stride when messages are due whose bytes were not evaluated yet. */
  *#evaluate(side: HeldSide<Reply>): Steps<Verdict> {
    const due = side.queue.wantedBytes;
    if (side.passes || due === 0 || this.#inspection === undefined) return allow;
    const { direction } = side;
    return Math.max(this.#inspection.consideredBytes(direction), this.#inspection.evaluatedBytes(direction)) >= due
      ? allow
      : yield* this.#inspection.evaluateNowInSteps(side.direction);
  }

  *#release(side: HeldSide<Reply>, verdict: Verdict): Steps<Step<Reply>> {
    const late = verdict.kind === 'block' ? verdict : yield* this.#evaluate(side);
    if (late.kind === 'block') return this.#block(late);
    if (verdict.kind === 'detect') this.#verdict = verdict;
    const pendingReplies = side.queue.release(this.#inspection?.evaluatedBytes(side.direction) ?? 0);
    if (pendingReplies.length === 0) return nothing;
    const report = side.reportsNow() ? this.#newReport() : undefined;
    return report === undefined ? { kind: 'release', pendingReplies } : { kind: 'release', pendingReplies, report };
  }

  /** The report, when it says more than the last one. */
  #newReport(): Report | undefined {
    const matchCount = this.#inspection?.matchCount ?? 0;
    const { kind } = this.#verdict;
    if (matchCount === this.#reported.matchCount && kind === this.#reported.verdict) return undefined;
    this.#reported = { matchCount, verdict: kind };
    return this.#report();
  }

  /** Two steps as one. The second is not asked for when the first blocks. */
  *#join(before: Steps<Step<Reply>>, second: () => Steps<Step<Reply>>): Steps<Step<Reply>> {
    const first = yield* before;
    if (first.kind !== 'release') return first;
    const next = yield* second();
    if (next.kind !== 'release' || first.pendingReplies.length === 0) return next;
    return { ...first, ...next, pendingReplies: [...first.pendingReplies, ...next.pendingReplies] };
  }

  #block(verdict: Extract<Verdict, { readonly kind: 'block' }>): Step<Reply> {
    this.#verdict = verdict;
    this.#isOver = true;
    const isCommitted = this.#response.queue.headIsOut;
    this.#ending = isCommitted ? 'cut' : 'blocked';
    const { status, location } = verdict;
    this.#recorder.blockStatus = status;
    const answer = location === undefined ? { status } : { status, location };
    return { kind: 'block', ...answer, isCommitted, report: this.#report() };
  }

  /** The one place where errors end. */
  #onError(thrown: unknown, event: ExchangeEvent<Reply>): Step<Reply> {
    const error = asWafError(thrown);
    this.#recorder.problem(error.code, error.message);
    if (error.code === 'protocol.order' || error.code === 'protocol.malformed') {
      this.#isOver = true;
      this.#ending = 'failed';
      return { kind: 'fail', error };
    }
    const isAllowed = this.#sidesOf(event).every(({ direction }) => this.#inspection?.isAllowed(direction) === true);
    const decision = isAllowed ? allow : this.#options.decideFailure(error);
    const isBlocked = decision.kind === 'block' && this.#options.isObserved !== true;
    if (isBlocked) return this.#block(decision);
    this.#verdict = decision.kind === 'block' ? { ...decision, kind: 'detect' } : decision;
    this.#recorder.uninspected(error.code, 0);
    for (const side of this.#sidesOf(event)) side.pass('failure-policy');
    // What is not let pass was evaluated before: little is left to do.
    return runAtOnce(this.#join(this.#release(this.#request, allow), () => this.#release(this.#response, allow)));
  }

  /** @throws WafError `admission.overload` */
  #askForRoom(): void {
    const refusal = this.#options.refuse?.();
    if (refusal !== undefined) throw refusal;
  }

  #check(side: HeldSide<Reply>, part: MessagePart): Exclude<Move, 'illegal'> {
    const move = legalMoves[side.phase][part];
    if (move !== 'illegal') return move;
    throw new WafError('protocol.order', `${side.direction} ${part} came while the ${side.direction} is ${side.phase}`);
  }

  #report(): Report {
    return reportOf(this.#requestId, this.#verdict, this.#inspection?.summary ?? nothingInspected);
  }

  *#close(): Steps<InspectionSummary> {
    try {
      return this.#inspection === undefined ? nothingInspected : yield* this.#inspection.closeInSteps();
    } catch (thrown) {
      const { code, message } = asWafError(thrown);
      this.#recorder.problem(code, message);
      return nothingInspected;
    }
  }

  get #inspected(): Inspection {
    if (this.#inspection === undefined) throw new WafError('internal', 'a body came before its head was inspected');
    return this.#inspection;
  }

  /** The directions that an event is about. */
  #sidesOf(event: ExchangeEvent<Reply>): readonly HeldSide<Reply>[] {
    // Nothing can be inspected of an exchange that was never taken on.
    if (this.#inspection === undefined) return [this.#request, this.#response];
    switch (event.kind) {
      case 'request-head':
        return [this.#request];
      case 'response-head':
        return [this.#response];
      case 'half-close':
        return [this.#request, this.#response];
      default:
        return [this.#side(event.direction)];
    }
  }

  #side(direction: Direction): HeldSide<Reply> {
    return direction === 'request' ? this.#request : this.#response;
  }
}

const nothing = { kind: 'release', pendingReplies: [] } as const;
