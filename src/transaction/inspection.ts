// One HTTP exchange as the rules see it: two sides that share the rules' state, and what is known of both. Knows nothing of
// holding, releasing, Envoy or time limits.

import { runForCaller, type Steps } from '../base/turn.ts';
import { defaultFailurePolicy } from '../decision/failure-mode.ts';
import { Judge } from '../decision/judge.ts';
import { readScores } from '../decision/score.ts';
import { ExchangeFacts } from '../evaluate/exchange-facts.ts';
import { RuleState } from '../evaluate/rule-state.ts';
import type { RequestHead, ResponseHead } from '../http/head.ts';
import { Inspector } from '../inspect/inspector.ts';
import type { Plan } from '../plan/plan.ts';
import type { ExchangeTap } from '../profile/shadow.ts';
import type { InspectionOptions } from './inspection-options.ts';
import { RequestMessage, ResponseMessage } from './message.ts';
import type { Direction } from './phase.ts';
import { PhaseRunner } from './phase-runner.ts';
import { Side } from './side.ts';
import { type InspectionSummary, summaryOf } from './summary.ts';

export type { RequestHead, ResponseHead } from '../http/head.ts';
export type { InspectionOptions } from './inspection-options.ts';
export type { InspectionSummary } from './summary.ts';

/** The fields of a response are counted from here: a request has fewer of them than bytes. */
const responseOrder = 2 ** 48;

/**
 * The inspection of one exchange. After a `block` nothing more is looked at; every method repeats the verdict.
 *
 * The two sides share the rules' state and nothing else: however their bytes interleave, rules are shown what they would be shown
 * if the response had come after the request. A response may begin before the request's end (an early answer, a conversation):
 * phase 2 then still runs whole at that end.
 */
export class Inspection {
  readonly #plan: Plan;
  readonly #state: RuleState;
  readonly #judge: Judge;
  readonly #phases: PhaseRunner;
  readonly #request: Side<RequestHead>;
  readonly #response: Side<ResponseHead>;
  readonly #tap: ExchangeTap | undefined;
  #firstVerdictBytes: number | undefined;
  #summary: InspectionSummary | undefined;

  constructor(plan: Plan, options: InspectionOptions) {
    const { limits, tap } = options;
    this.#plan = plan;
    this.#tap = tap;
    const judge = new Judge(options.failurePolicy ?? defaultFailurePolicy, (phase) => {
      this.#firstVerdictBytes = this.side(phase > 2 ? 'response' : 'request').bytes;
    });
    this.#judge = judge;
    const request = this.#openInspector('request', options);
    const response = this.#openInspector('response', options);
    const state = openState(plan, request, options);
    this.#state = state;
    const phases = new PhaseRunner({ plan, state, judge, request, response });
    this.#phases = phases;
    const shared = { phases, limits };
    this.#request = new Side({
      ...shared,
      direction: 'request',
      inspector: request,
      message: new RequestMessage({ inspector: request, state, limits, blocks: (cause) => phases.blocks(cause, 2) }),
      tap: tap && {
        head: (head, endOfStream) => tap.requestHead(head, endOfStream),
        chunk: (chunk) => tap.chunk('request', chunk),
        end: (trailers) => tap.end('request', trailers),
      },
    });
    this.#response = new Side({
      ...shared,
      direction: 'response',
      inspector: response,
      message: new ResponseMessage({ inspector: response, state, limits }),
      tap: tap && {
        head: (head, endOfStream) => tap.responseHead(head, endOfStream),
        chunk: (chunk) => tap.chunk('response', chunk),
        end: (trailers) => tap.end('response', trailers),
      },
    });
  }

  /** One direction. Those of an inspection are the same from beginning to end. */
  side(direction: 'request'): Side<RequestHead>;
  side(direction: 'response'): Side<ResponseHead>;
  side(direction: Direction): Side<RequestHead> | Side<ResponseHead>;
  side(direction: Direction): Side<RequestHead> | Side<ResponseHead> {
    return direction === 'request' ? this.#request : this.#response;
  }

  /** Runs phase 5 and frees native streams. Idempotent; to be called once for every exchange, also after errors. */
  close(): InspectionSummary {
    return runForCaller(this.closeInSteps());
  }

  *closeInSteps(): Steps<InspectionSummary> {
    if (this.#summary !== undefined) return this.#summary;
    try {
      const last = this.#request.hasBegun ? this.#phases.runLast() : undefined;
      if (last !== undefined) yield* last;
    } finally {
      this.#request.close();
      this.#response.close();
      this.#summary = this.#summarise();
      const { verdict, matches, inboundScore } = this.#summary;
      this.#tap?.close({ verdict, matches, score: inboundScore });
    }
    return this.#summary;
  }

  /** How many rules matched so far, whether they log or not. While it does not change, nothing that rules decide does. */
  get matchCount(): number {
    return this.#state.matches.length;
  }

  /** Whether rules see the body as a whole, as REQUEST_BODY. Known when the body has begun. */
  get hasRequestBody(): boolean {
    return this.#state.exchange.hasRequestBody;
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
        this.#state.exchange.facts.set(name, value);
        if (name === 'REQBODY_ERROR' && value === '1') this.side(direction).noteRefusal();
        observer?.onFact(name, value);
      },
      onField: observer?.onField,
    });
  }

  #summarise(): InspectionSummary {
    const found = { verdict: this.#judge.verdict, firstVerdictBytes: this.#firstVerdictBytes };
    return summaryOf({ ...found, state: this.#state, sides: [this.#request, this.#response] });
  }
}

/** The rules' state at the beginning; `request`: where they look until the response has begun. */
function openState(plan: Plan, request: Inspector, options: InspectionOptions): RuleState {
  const { limits, requestId, collections, isObserved, observer } = options;
  const exchange = new ExchangeFacts({ plan, limits, requestId, store: collections, isObserved });
  const state: RuleState = new RuleState(exchange, request, {
    observer: observer && ((match) => observer.onMatch(match, readScores(state.tx))),
    watch: observer?.watch,
  });
  return state;
}
