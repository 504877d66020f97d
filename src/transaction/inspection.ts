// One HTTP exchange as the rules see it: feeds heads and body bytes to decoders and inspector, runs the phases in
// their legal order, and answers with a verdict. Knows nothing of holding, releasing, Envoy or time limits.

import type { Limits } from '../base/limits.ts';
import { runForCaller, runInTurns, type Steps } from '../base/turn.ts';
import { defaultFailurePolicy } from '../decision/failure-mode.ts';
import { allow, Judge } from '../decision/judge.ts';
import { readScores } from '../decision/score.ts';
import type { Verdict } from '../decision/verdict.ts';
import type { EvaluationMode } from '../evaluate/evaluation-mode.ts';
import { type Disrupted, evaluateInSteps, isKnownToPass } from '../evaluate/evaluator.ts';
import { ExchangeState } from '../evaluate/exchange-state.ts';
import { risenRules } from '../evaluate/rising.ts';
import type { RequestHead, ResponseHead } from '../http/head.ts';
import { declaredLength, type HeaderList } from '../http/headers.ts';
import { bothOf, type Found } from '../inspect/both-sides.ts';
import { Inspector } from '../inspect/inspector.ts';
import type { ProblemCause } from '../inspect/problems.ts';
import type { Trial } from '../inspect/trial.ts';
import type { PhasePlan, Plan } from '../plan/plan.ts';
import { type Border, responseCutsOf } from './body-flow.ts';
import * as heads from './head-fields.ts';
import type { InspectionOptions } from './inspection-options.ts';
import type { Direction } from './phase.ts';
import { RequestBody } from './request-body.ts';
import { ResponseBody } from './response-body.ts';
import { Side, type SideBody } from './side.ts';
import { type InspectionSummary, summaryOf } from './summary.ts';

export type { RequestHead, ResponseHead } from '../http/head.ts';
export type { InspectionOptions } from './inspection-options.ts';
export type { InspectionSummary } from './summary.ts';

/** The fields of a response are counted from here: a request has no more of them than bytes. */
const responseOrder = 2 ** 48;

/**
 * The inspection of one exchange. After a `block` nothing more is looked at; every method repeats the verdict.
 *
 * Every method that may take long is there twice: at once, and `…InSteps`, which yields where a turn of the event loop is
 * over. The outcome is the same; one of them at a time.
 *
 * The two directions share the rules' state and nothing else: however their bytes come in between each other, rules are shown
 * what they would be shown if the response had come after the request.
 */
export class Inspection {
  readonly #plan: Plan;
  readonly #limits: Limits;
  readonly #state: ExchangeState;
  readonly #request: Side;
  readonly #response: Side;
  readonly #requestBody: RequestBody;
  readonly #responseBody: ResponseBody;
  /** What rules of the response see. */
  readonly #both: Found;
  readonly #judge: Judge;
  #firstVerdictBytes: number | undefined;
  #hasBegun = false;
  #summary: InspectionSummary | undefined;

  constructor(plan: Plan, options: InspectionOptions) {
    this.#plan = plan;
    this.#limits = options.limits;
    this.#judge = new Judge(options.failurePolicy ?? defaultFailurePolicy, (phase) => {
      this.#firstVerdictBytes = this.#side(phase > 2 ? 'response' : 'request').flow.bytes;
    });
    const { observer } = options;
    const request = this.#openInspector('request', options);
    const response = this.#openInspector('response', options);
    this.#state = new ExchangeState({
      plan,
      limits: options.limits,
      fields: request.fields,
      hits: request.hits,
      problems: request.problems,
      work: request.work,
      memory: request.memory,
      requestId: options.requestId,
      store: options.collections,
      isObserved: options.isObserved,
      observer: observer && ((match) => observer.onMatch(match, readScores(this.#state.tx))),
      watch: observer?.watch,
    });
    this.#requestBody = new RequestBody(request, this.#state);
    this.#responseBody = new ResponseBody(response, this.#state);
    this.#request = this.#openSide('request', request, this.#requestBody);
    this.#response = this.#openSide('response', response, this.#responseBody);
    this.#both = bothOf(request, response);
  }

  /** Runs phase 1; when the request has no body, phase 2 too. */
  requestHeaders(head: RequestHead, endOfStream: boolean): Verdict {
    return runForCaller(this.requestHeadersInSteps(head, endOfStream));
  }

  *requestHeadersInSteps(head: RequestHead, endOfStream: boolean): Steps<Verdict> {
    const { inspector } = this.#request;
    if (heads.isUnseen(head, this.#request, this.#state)) return allow;
    heads.setRequestFacts(head, this.#state.facts);
    yield* heads.addRequestHead(head, inspector, this.#limits, this.#plan.settings.argumentSeparator);
    this.#requestBody.readHead(head.headers);
    yield* inspector.flushInSteps();
    this.#hasBegun = true;
    yield* this.#runPhase(1);
    if (this.#judge.isBlocked) return this.#judge.verdict;
    if (endOfStream) return yield* this.requestEndInSteps();
    this.#requestBody.open();
    this.#request.flow.expect(declaredLength(head.headers));
    return yield* this.#considerHead(this.#request);
  }

  /**
   * Decodes and scans a chunk, borrowed until the call returns; runs, at fixed offsets, rules that more bytes cannot change. All
   * at once: a large chunk is better given to `requestBodySliced`.
   */
  requestBody(chunk: Uint8Array): Verdict {
    return runForCaller(this.bodyInSteps('request', chunk));
  }

  /** The same, letting others run in between. One call at a time; `chunk` must not change until the answer. */
  async requestBodySliced(chunk: Uint8Array): Promise<Verdict> {
    return await runInTurns(this.bodyInSteps('request', chunk));
  }

  /** `requestBody` or `responseBody` in steps; the chunk is borrowed until they are done. */
  *bodyInSteps(direction: Direction, chunk: Uint8Array): Steps<Verdict> {
    if (!this.#judge.isBlocked) yield* this.#side(direction).flow.writeInSteps(chunk);
    return this.#judge.verdict;
  }

  /** Ends the request: trailers count as request headers, then phase 2 runs whole. Idempotent. */
  requestEnd(trailers: HeaderList = []): Verdict {
    return runForCaller(this.requestEndInSteps(trailers));
  }

  *requestEndInSteps(trailers: HeaderList = []): Steps<Verdict> {
    if (this.#request.isOver || this.#judge.isBlocked || this.#state.engine === 'Off') return this.#judge.verdict;
    yield* heads.addRequestHeaders(trailers, this.#request.inspector, this.#limits);
    return yield* this.#end(this.#request);
  }

  /**
   * Runs phase 3; when the response has no body, phase 4 too. A response may begin before the request's end (an early
   * answer, a conversation): phase 2 then still runs whole at that end.
   */
  responseHeaders(head: ResponseHead, endOfStream: boolean): Verdict {
    return runForCaller(this.responseHeadersInSteps(head, endOfStream));
  }

  *responseHeadersInSteps(head: ResponseHead, endOfStream: boolean): Steps<Verdict> {
    if (this.#judge.isBlocked || heads.isUnseen(head, this.#response, this.#state)) return this.#judge.verdict;
    heads.setResponseFacts(head, this.#state.facts);
    this.#responseBody.readHead();
    yield* heads.addResponseHeaders(head.headers, this.#response.inspector);
    yield* this.#response.inspector.flushInSteps();
    yield* this.#runPhase(3);
    if (this.#judge.isBlocked) return this.#judge.verdict;
    this.#responseBody.decide(head);
    if (endOfStream) return yield* this.responseEndInSteps();
    this.#responseBody.open(head);
    return yield* this.#considerHead(this.#response);
  }

  /** As `requestBody`. */
  responseBody(chunk: Uint8Array): Verdict {
    return runForCaller(this.bodyInSteps('response', chunk));
  }

  /** As `requestBodySliced`. */
  async responseBodySliced(chunk: Uint8Array): Promise<Verdict> {
    return await runInTurns(this.bodyInSteps('response', chunk));
  }

  /** Ends the response: trailers count as response headers, then phase 4 runs whole. Idempotent. */
  responseEnd(trailers: HeaderList = []): Verdict {
    return runForCaller(this.responseEndInSteps(trailers));
  }

  *responseEndInSteps(trailers: HeaderList = []): Steps<Verdict> {
    if (this.#response.isOver || this.#judge.isBlocked || this.#state.engine === 'Off') return this.#judge.verdict;
    yield* heads.addResponseHeaders(trailers, this.#response.inspector);
    return yield* this.#end(this.#response);
  }

  /** Evaluates off the stride, for a hold that ends. An open value is tried as if it ended here, to know whether it may go. */
  evaluateNow(direction: Direction): Verdict {
    return runForCaller(this.evaluateNowInSteps(direction));
  }

  *evaluateNowInSteps(direction: Direction): Steps<Verdict> {
    const side = this.#side(direction);
    if (this.#judge.isBlocked) return this.#judge.verdict;
    yield* this.#evaluateEarly(side);
    side.flow.markEvaluated();
    if (!this.#judge.isBlocked && side.undecidedFrom < Infinity) yield* this.#tryOpenFields(side);
    return this.#judge.verdict;
  }

  /** Says that every byte of a body is in, although trailers may follow, which its phase waits for. */
  *completeBodyInSteps(direction: Direction): Steps<Verdict> {
    const side = this.#side(direction);
    if (this.#judge.isBlocked || side.isOver || this.#state.engine === 'Off') return this.#judge.verdict;
    yield* side.complete();
    yield* this.#evaluateEarly(side);
    side.flow.end();
    return this.#judge.verdict;
  }

  /** Whether a rule said `allow`, so that nothing in this direction stops the exchange any more. */
  isAllowed(direction: Direction): boolean {
    return this.#state.spares(this.#side(direction).bodyPhase);
  }

  /** Body bytes `[0, n)` of that direction were inspected and evaluated: they may be released. */
  evaluatedBytes(direction: Direction): number {
    return this.#side(direction).flow.evaluatedBytes;
  }

  /** Body bytes of that direction that had been given at the last evaluation: another would find nothing new in them. */
  consideredBytes(direction: Direction): number {
    return this.#side(direction).flow.consideredBytes;
  }

  /** Runs phase 5 and frees native streams. Idempotent; to be called once for every exchange, also after errors. */
  close(): InspectionSummary {
    return runForCaller(this.closeInSteps());
  }

  *closeInSteps(): Steps<InspectionSummary> {
    try {
      if (this.#hasBegun && this.#summary === undefined) yield* this.#evaluate(5, 'whole');
    } finally {
      this.#request.close();
      this.#response.close();
    }
    this.#summary ??= this.#summarise();
    return this.#summary;
  }

  /** How many rules matched so far, whether they log or not. While it stands still, so does everything that rules decide. */
  get matchCount(): number {
    return this.#state.matches.length;
  }

  /** Whether rules see the body as a whole, as REQUEST_BODY. Known when the body has begun. */
  get hasRequestBody(): boolean {
    return this.#state.hasRequestBody;
  }

  /** What is known so far; after `close`, what is known at the end. */
  get summary(): InspectionSummary {
    return this.#summary ?? this.#summarise();
  }

  #openInspector(direction: Direction, { limits, scanner, observer }: InspectionOptions): Inspector {
    return new Inspector({
      plan: this.#plan,
      limits,
      scanner,
      firstOrder: direction === 'request' ? 0 : responseOrder,
      onFact: (name, value) => {
        this.#state.facts.set(name, value);
        if (name === 'REQBODY_ERROR' && value === '1') this.#side(direction).noteRefusal();
        observer?.onFact(name, value);
      },
      onField: observer?.onField,
    });
  }

  #openSide(direction: Direction, inspector: Inspector, body: SideBody): Side {
    return new Side({
      direction,
      inspector,
      body,
      cuts: direction === 'request' ? this.#limits : responseCutsOf(this.#limits),
      blocksRefused: () => this.#blocks('parse', 2),
      evaluate: (border) => this.#evaluateAt(this.#side(direction), border),
    });
  }

  #side(direction: Direction): Side {
    return direction === 'request' ? this.#request : this.#response;
  }

  *#evaluateAt(side: Side, border: Border): Steps<boolean> {
    if (!this.#judge.isBlocked) yield* border === 'stride' ? this.#evaluateEarly(side) : this.#look(side);
    return this.#judge.isBlocked;
  }

  /** A head that is beyond a bound is judged by itself: its body may never come. */
  *#considerHead(side: Side): Steps<Verdict> {
    if (side.inspector.problems.all.length > 0) yield* this.#evaluateFound(side);
    return this.#judge.verdict;
  }

  /** Before the first stride: what blocks now does so there at the latest. */
  *#look(side: Side): Steps<void> {
    yield* side.flushEnded();
    const trial = side.inspector.lookAtOpenFields(side.body.isSeenRaw);
    yield* this.#evaluateFound(side, 'look');
    // What holds if the values ended here may not hold if they go on: then what holds in any case counts.
    if (trial !== undefined && (yield* this.#isStoppedIn(side, trial))) yield* this.#evaluateEarly(side);
  }

  /** The direction's message is complete: its body phase runs whole. */
  *#end(side: Side): Steps<Verdict> {
    yield* side.end();
    yield* this.#runPhase(side.bodyPhase);
    side.flow.end();
    this.#considerProblems(side, this.#state);
    return this.#judge.verdict;
  }

  /** Runs the rules of a body phase that the rest of the body cannot change; a disruption is carried out at once. */
  *#evaluateEarly(side: Side): Steps<void> {
    yield* side.flush();
    yield* this.#evaluateFound(side);
  }

  *#evaluateFound(side: Side, border: Border = 'stride'): Steps<void> {
    const phase = side.bodyPhase;
    const phasePlan = this.#plan.phases[phase] as PhasePlan;
    side.endRefusal(this.#limits.holdWindowBytesMax);
    if (this.#canBeStopped(side)) {
      const risen = risenRules(phasePlan, this.#seeing(phase));
      // What rules make of nothing the first stride tells: a look that ran them anyway would cost every harmless body 5 %.
      if (border === 'look' && this.matchCount === 0 && !side.hasFinds(risen)) return;
      const hasNews = side.takeNews(risen);
      // What rules of this phase say to a problem comes before what the policy says.
      if (hasNews || side.inspector.problems.all.some(({ cause }) => this.#blocks(cause, phase))) {
        if (side.inspector.problems.all.length === 0 && isKnownToPass(phasePlan, this.#state)) return;
        const fork = yield* this.#tryPhase(side, side.inspector);
        if (fork === 'disrupted') this.#judge.considerPhase(phase, yield* this.#evaluate(phase, 'early'), this.#state);
        else this.#considerProblems(side, fork);
        return;
      }
    }
    this.#considerProblems(side, this.#state);
  }

  /** Lets rules look at open values as if they ended here, on a copy of everything. */
  *#tryOpenFields(side: Side): Steps<void> {
    if (this.#canBeStopped(side)) {
      const trial = side.inspector.tryOpenFields(side.body.isSeenRaw);
      if (trial === undefined || (yield* this.#isStoppedIn(side, trial))) return;
    }
    side.passTrial();
  }

  /** Whether rules would stop the exchange if they saw what a trial found. */
  *#isStoppedIn(side: Side, trial: Trial): Steps<boolean> {
    return trial.hasHits && this.#canBeStopped(side) && (yield* this.#tryPhase(side, trial)) === 'disrupted';
  }

  /** Runs rules on a copy: when nothing comes of it, the phase begins afresh at the next stride. */
  *#tryPhase(side: Side, found: Found): Steps<ExchangeState | 'disrupted'> {
    const fork = this.#state.fork();
    try {
      fork.see(side === this.#request ? found : bothOf(this.#request.inspector, found));
      const disrupted = yield* evaluateInSteps(this.#plan.phases[side.bodyPhase] as PhasePlan, fork, 'early');
      return disrupted === undefined ? fork : 'disrupted';
    } finally {
      fork.memory.close();
    }
  }

  #canBeStopped({ bodyPhase }: Side): boolean {
    return !this.#judge.isBlocked && this.#state.engine === 'On' && !this.#state.spares(bodyPhase);
  }

  *#runPhase(phase: number): Steps<void> {
    if (this.#state.spares(phase)) return;
    this.#judge.considerPhase(phase, yield* this.#evaluate(phase, 'whole'), this.#state);
  }

  #evaluate(phase: number, mode: EvaluationMode): Steps<Disrupted | undefined> {
    return evaluateInSteps(this.#plan.phases[phase] as PhasePlan, this.#seeing(phase), mode);
  }

  /** The state, looking at what rules of the phase see: those of the request never see the response, although it may have begun. */
  #seeing(phase: number): ExchangeState {
    this.#state.see(phase <= 2 ? this.#request.inspector : this.#both);
    return this.#state;
  }

  /** What could not be inspected is for rules and the failure policy to judge, as they stand in `state`. */
  #considerProblems({ inspector, bodyPhase: phase }: Side, state: ExchangeState): void {
    for (const { cause } of inspector.problems.all) this.#judge.considerProblem({ cause, phase }, state);
  }

  #blocks(cause: ProblemCause, phase: number): boolean {
    return this.#judge.blocks({ cause, phase }, this.#state);
  }

  #summarise(): InspectionSummary {
    const found = { verdict: this.#judge.verdict, firstVerdictBytes: this.#firstVerdictBytes };
    return summaryOf({ ...found, state: this.#state, sides: [this.#request, this.#response] });
  }
}
