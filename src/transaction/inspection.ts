// One HTTP exchange as the rules see it: feeds heads and body bytes to decoders and inspector, runs the phases in
// their legal order, and answers with a verdict. Knows nothing of holding, releasing, Envoy or time limits.

import type { Limits } from '../base/limits.ts';
import { decideFailure, defaultFailurePolicy, type FailurePolicy } from '../decision/failure-mode.ts';
import { readScores, type Scores } from '../decision/score.ts';
import type { RuleMatch, Verdict } from '../decision/verdict.ts';
import { type Disrupted, evaluatePhase } from '../evaluate/evaluator.ts';
import { ExchangeState } from '../evaluate/exchange-state.ts';
import type { ObservedMatch } from '../evaluate/observed-match.ts';
import type { PersistentCollections } from '../evaluate/persistent-collections.ts';
import type { BodyFact } from '../http/field.ts';
import type { HeaderList } from '../http/headers.ts';
import type { FieldRecord, ValueView } from '../inspect/field-record.ts';
import { Inspector } from '../inspect/inspector.ts';
import type { Problem } from '../inspect/problems.ts';
import { breathe } from '../matching/pool.ts';
import type { PhasePlan, Plan } from '../plan/plan.ts';
import { BodyFlow } from './body-flow.ts';
import type { RequestHead, ResponseHead } from './head.ts';
import {
  addRequestHead,
  addRequestHeaders,
  addResponseHeaders,
  setRequestFacts,
  setResponseFacts,
} from './head-fields.ts';
import { RequestBody } from './request-body.ts';
import { ResponseBody } from './response-body.ts';

export type { RequestHead, ResponseHead } from './head.ts';

/** What an inspection needs besides the plan. */
export interface InspectionOptions {
  readonly requestId: string;
  readonly limits: Limits;
  /** What problems such as a malformed body lead to; the default blocks. */
  readonly failurePolicy?: FailurePolicy;
  /** Where rules keep what outlives an exchange; absent: with all other exchanges of this process. */
  readonly collections?: PersistentCollections;
  /** Shown what happens, e.g. to explain it. Absent in service: nothing is spent on it then. */
  readonly observer?: InspectionObserver;
}

/** Watches an inspection and changes nothing. What it is given is valid during the call only. */
export interface InspectionObserver {
  /** A field whose hits are known. `view` gives its beginning when it is longer than what is kept. */
  readonly onField: (record: FieldRecord, view: ValueView) => void;
  /** Something that a decoder says of the body as a whole. */
  readonly onFact: (name: BodyFact, value: string) => void;
  /** A rule that matched, with the scores after it. Rules are shown when they have run for good, not tentatively. */
  readonly onMatch: (match: ObservedMatch, scores: Scores) => void;
}

/** What is known at the end. */
export interface InspectionSummary {
  readonly verdict: Verdict;
  /** In the order in which rules matched. */
  readonly matches: readonly RuleMatch[];
  readonly inboundScore: number;
  readonly outboundScore: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** Bytes of the body that had been inspected when the first verdict other than `allow` was there. */
  readonly firstVerdictBytes?: number;
  /** Cause → bytes that some operator should have seen and did not. */
  readonly uninspected: ReadonlyMap<string, number>;
  readonly problems: readonly Problem[];
}

type Direction = 'request' | 'response';

const allow: Verdict = { kind: 'allow' };
const bodyPhase: Readonly<Record<Direction, number>> = { request: 2, response: 4 };

/** The inspection of one exchange. After a `block` nothing more is looked at; every method repeats the verdict. */
export class Inspection {
  readonly #plan: Plan;
  readonly #limits: Limits;
  readonly #policy: FailurePolicy;
  readonly #inspector: Inspector;
  readonly #state: ExchangeState;
  readonly #flows: Readonly<Record<Direction, BodyFlow>>;
  readonly #requestBody: RequestBody;
  readonly #responseBody: ResponseBody;
  #verdict: Verdict = allow;
  #firstVerdictBytes: number | undefined;
  /** Hits that were there when rules last ran over a body. */
  #seenHitCount = 0;
  #hasBegun = false;
  #isRequestOver = false;
  #isResponseOver = false;
  #summary: InspectionSummary | undefined;

  constructor(plan: Plan, options: InspectionOptions) {
    this.#plan = plan;
    this.#limits = options.limits;
    this.#policy = options.failurePolicy ?? defaultFailurePolicy;
    const { observer } = options;
    this.#inspector = new Inspector({
      plan,
      limits: options.limits,
      onFact: (name, value) => {
        this.#state.facts.set(name, value);
        observer?.onFact(name, value);
      },
      onField: observer?.onField,
    });
    const { fields, hits, problems } = this.#inspector;
    this.#state = new ExchangeState({
      plan,
      limits: options.limits,
      fields,
      hits,
      problems,
      requestId: options.requestId,
      store: options.collections,
      observer: observer && ((match) => observer.onMatch(match, readScores(this.#state.tx))),
    });
    this.#requestBody = new RequestBody(this.#inspector, this.#state);
    this.#responseBody = new ResponseBody(this.#inspector, this.#state);
    this.#flows = { request: this.#openFlow('request'), response: this.#openFlow('response') };
  }

  /** Runs phase 1; when the request has no body, phase 2 too. */
  requestHeaders(head: RequestHead, endOfStream: boolean): Verdict {
    if (this.#state.engine === 'Off') return allow;
    setRequestFacts(head, this.#state.facts);
    addRequestHead(head, this.#inspector, this.#limits.fieldNameBytesMax);
    this.#requestBody.readHead(head.headers);
    this.#inspector.flush();
    this.#hasBegun = true;
    this.#runPhase(1);
    if (this.#isBlocked) return this.#verdict;
    if (endOfStream) return this.requestEnd();
    this.#requestBody.open();
    return this.#verdict;
  }

  /**
   * Decodes and scans a chunk, borrowed until the call returns. At each multiple of `evaluationStrideBytes` the rules that
   * more bytes cannot change are run. Synchronous; for chunks above `inlineScanBytesMax` there is `requestBodySliced`.
   */
  requestBody(chunk: Uint8Array): Verdict {
    if (!this.#isBlocked) this.#flows.request.write(chunk);
    return this.#verdict;
  }

  /** The same, letting others run between strides. One call at a time; `chunk` must not change until the answer. */
  requestBodySliced(chunk: Uint8Array): Promise<Verdict> {
    return this.#writeSliced('request', chunk);
  }

  /** Ends the request: trailers count as request headers, then phase 2 runs whole. Idempotent. */
  requestEnd(trailers: HeaderList = []): Verdict {
    if (this.#isRequestOver || this.#isBlocked || this.#state.engine === 'Off') return this.#verdict;
    this.#isRequestOver = true;
    addRequestHeaders(trailers, this.#inspector, this.#limits.fieldNameBytesMax);
    this.#requestBody.end(this.#flows.request.bytes);
    this.#inspector.flush();
    this.#runPhase(2);
    this.#flows.request.markEvaluated();
    this.#considerProblems(2);
    return this.#verdict;
  }

  /**
   * Runs phase 3; when the response has no body, phase 4 too. A response may begin before the request's end (an early
   * answer, a conversation): phase 2 then still runs whole at that end.
   */
  responseHeaders(head: ResponseHead, endOfStream: boolean): Verdict {
    if (this.#isBlocked || this.#state.engine === 'Off') return this.#verdict;
    setResponseFacts(head, this.#state.facts);
    addResponseHeaders(head.headers, this.#inspector);
    this.#inspector.flush();
    this.#runPhase(3);
    if (this.#isBlocked) return this.#verdict;
    if (endOfStream) return this.responseEnd();
    this.#responseBody.open(head);
    return this.#verdict;
  }

  /** As `requestBody`. */
  responseBody(chunk: Uint8Array): Verdict {
    if (!this.#isBlocked) this.#flows.response.write(chunk);
    return this.#verdict;
  }

  /** As `requestBodySliced`. */
  responseBodySliced(chunk: Uint8Array): Promise<Verdict> {
    return this.#writeSliced('response', chunk);
  }

  /** Ends the response: trailers count as response headers, then phase 4 runs whole. Idempotent. */
  responseEnd(trailers: HeaderList = []): Verdict {
    if (this.#isResponseOver || this.#isBlocked || this.#state.engine === 'Off') return this.#verdict;
    this.#isResponseOver = true;
    addResponseHeaders(trailers, this.#inspector);
    this.#responseBody.end(this.#flows.response.bytes);
    this.#inspector.flush();
    this.#runPhase(4);
    this.#flows.response.markEvaluated();
    this.#considerProblems(4);
    return this.#verdict;
  }

  /** Evaluates off the stride, for a hold that ends: every byte given so far is inspected and evaluated. */
  evaluateNow(direction: Direction): Verdict {
    if (!this.#isBlocked) this.#evaluateEarly(direction);
    this.#flows[direction].markEvaluated();
    return this.#verdict;
  }

  /** Body bytes `[0, n)` of that direction were inspected and evaluated: they may be released. */
  evaluatedBytes(direction: Direction): number {
    return this.#flows[direction].evaluatedBytes;
  }

  /** Runs phase 5 and frees native streams. Idempotent; to be called once for every exchange, also after errors. */
  close(): InspectionSummary {
    if (this.#summary !== undefined) return this.#summary;
    this.#requestBody.close();
    this.#responseBody.close();
    this.#inspector.close();
    if (this.#hasBegun) evaluatePhase(this.#plan.phases[5] as PhasePlan, this.#state, 'whole');
    this.#summary = this.#summarise();
    return this.#summary;
  }

  /** How many rules matched so far, whether they log or not. While it stands still, so does everything that rules decide. */
  get matchCount(): number {
    return this.#state.matches.length;
  }

  /** What is known so far; after `close`, what is known at the end. */
  get summary(): InspectionSummary {
    return this.#summary ?? this.#summarise();
  }

  get #isBlocked(): boolean {
    return this.#verdict.kind === 'block';
  }

  #openFlow(direction: Direction): BodyFlow {
    const take = (bytes: Uint8Array): void => {
      if (direction === 'request') this.#requestBody.write(bytes);
      else this.#responseBody.write(bytes);
    };
    const evaluate = (): boolean => {
      if (!this.#isBlocked) this.#evaluateEarly(direction);
      return this.#isBlocked;
    };
    return new BodyFlow(this.#limits.evaluationStrideBytes, { take, evaluate });
  }

  async #writeSliced(direction: Direction, chunk: Uint8Array): Promise<Verdict> {
    if (this.#isBlocked) return this.#verdict;
    for (const _ of this.#flows[direction].strides(chunk)) await breathe();
    return this.#verdict;
  }

  /** Runs the rules of a body phase that the rest of the body cannot change; a disruption is carried out at once. */
  #evaluateEarly(direction: Direction): void {
    (direction === 'request' ? this.#requestBody : this.#responseBody).flush();
    this.#inspector.flush();
    const phaseNumber = bodyPhase[direction];
    const phase = this.#plan.phases[phaseNumber] as PhasePlan;
    const { hits } = this.#inspector;
    if (hits.count !== this.#seenHitCount && this.#state.engine === 'On' && this.#isPhaseWanted(phaseNumber)) {
      this.#seenHitCount = hits.count;
      // First on a copy: when nothing comes of it, the phase begins afresh at the next stride.
      if (evaluatePhase(phase, this.#state.fork(), 'early') !== undefined) {
        this.#conclude(evaluatePhase(phase, this.#state, 'early'), phaseNumber);
      }
    }
    this.#considerProblems(phaseNumber);
  }

  #runPhase(phase: number): void {
    if (!this.#isPhaseWanted(phase)) return;
    this.#conclude(evaluatePhase(this.#plan.phases[phase] as PhasePlan, this.#state, 'whole'), phase);
  }

  /** `allow` spares the phases behind it. */
  #isPhaseWanted(phase: number): boolean {
    const { allowed } = this.#state;
    return allowed === undefined || (allowed === 'request' && phase > 2);
  }

  #conclude(disrupted: Disrupted | undefined, phase: number): void {
    const { detected } = this.#state;
    if (disrupted !== undefined) {
      const { rule, ...answer } = disrupted;
      this.#decide({ kind: 'block', ruleId: rule.id, ...answer, phase }, phase);
    } else if (detected !== undefined) {
      this.#decide({ kind: 'detect', ruleId: detected.rule.id, status: detected.status, phase }, phase);
    }
  }

  /** What could not be inspected is for the failure policy to judge. */
  #considerProblems(phase: number): void {
    for (const { cause } of this.#inspector.problems.all) {
      this.#decide(decideFailure({ cause, phase }, this.#state.engine, this.#policy), phase);
    }
  }

  /** The first block stands; a detection gives way to a block only. */
  #decide(verdict: Verdict, phase: number): void {
    if (verdict.kind === 'allow' || this.#isBlocked) return;
    if (verdict.kind === 'detect' && this.#verdict.kind === 'detect') return;
    this.#verdict = verdict;
    this.#firstVerdictBytes ??= this.#flows[phase > 2 ? 'response' : 'request'].bytes;
  }

  #summarise(): InspectionSummary {
    const { problems } = this.#inspector;
    const scores = readScores(this.#state.tx);
    return {
      verdict: this.#verdict,
      matches: [...this.#state.matches],
      inboundScore: scores.inbound,
      outboundScore: scores.outbound,
      requestBytes: this.#flows.request.bytes,
      responseBytes: this.#flows.response.bytes,
      ...(this.#firstVerdictBytes === undefined ? {} : { firstVerdictBytes: this.#firstVerdictBytes }),
      uninspected: problems.uninspectedBytes,
      problems: problems.all,
    };
  }
}
