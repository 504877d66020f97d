// Verdicts → steps: how many messages of a direction may be answered now, or that the exchange is stopped. Knows no event.

import type { Steps } from '../base/turn.ts';
import type { Verdict } from '../decision/verdict.ts';
import type { Release, Step } from './event.ts';
import type { HeldSide } from './held-side.ts';
import type { Inspection } from './inspection.ts';
import type { Ending } from './record.ts';
import { nothingInspected, type Recorder } from './recorder.ts';
import { type Report, reportOf } from './report.ts';

/** An empty release. */
export const nothing: Release = { kind: 'release', requestCount: 0, responseCount: 0 };

/**
 * Whether an exchange gets answers, and why not. `abandoned`: nobody waits for them. Otherwise Weir ended it: `blocked` with a
 * response in place of the service's, `cut` when that had begun, `failed` because the proxy broke the protocol. All but `open` is
 * final.
 */
export type ExchangeState = 'open' | 'abandoned' | Extract<Ending, 'blocked' | 'cut' | 'failed'>;

/** The steps of one exchange, and its outcome. */
export class Answers {
  /** Name of the exchange; '' before its first message. */
  requestId = '';
  /** Absent until the head of the request has been handled. */
  inspection: Inspection | undefined;
  verdict: Verdict;
  #state: ExchangeState = 'open';
  readonly #response: HeldSide;
  readonly #recorder: Recorder;
  /** What the last report contained. */
  #reported: { readonly matchCount: number; readonly verdict: Verdict['kind'] | undefined } = {
    matchCount: 0,
    verdict: undefined,
  };

  constructor(response: HeldSide, recorder: Recorder, verdict: Verdict) {
    this.#response = response;
    this.#recorder = recorder;
    this.verdict = verdict;
  }

  /** Every further step is an empty release. */
  get isOver(): boolean {
    return this.#state !== 'open';
  }

  /** How Weir ended the exchange; undefined when it did not. */
  get ending(): Ending | undefined {
    return this.#state === 'open' || this.#state === 'abandoned' ? undefined : this.#state;
  }

  /** No further step has an answer in it. The first state that the exchange ends in stays. */
  end(state: Exclude<ExchangeState, 'open'>): void {
    if (this.#state === 'open') this.#state = state;
  }

  /** Releases the messages of a direction that may be answered after `verdict`; evaluates off the stride if that is needed. */
  *release(side: HeldSide, verdict: Verdict): Steps<Step> {
    const steps = verdict.kind === 'block' ? undefined : this.evaluate(side);
    const late = steps === undefined ? verdict : yield* steps;
    if (late.kind === 'block') return this.block(late);
    if (verdict.kind === 'detect') this.verdict = verdict;
    const evaluatedBytes = this.inspection?.side(side.direction).evaluatedBytes ?? 0;
    const count = side.queue.release(evaluatedBytes);
    if (count === 0) return nothing;
    const requestCount = side.isRequest ? count : 0;
    const counts = { requestCount, responseCount: count - requestCount };
    const report = side.phase === 'ended' ? this.#newReport() : undefined;
    return report === undefined ? { kind: 'release', ...counts } : { kind: 'release', ...counts, report };
  }

  /** Evaluates off the stride when messages are due whose bytes were not evaluated yet. Undefined: there are none. */
  evaluate(side: HeldSide): Steps<Verdict> | undefined {
    const due = side.queue.wantedBytes;
    if (side.passes || due === 0 || this.inspection === undefined) return undefined;
    const inspected = this.inspection.side(side.direction);
    const isEvaluated = Math.max(inspected.consideredBytes, inspected.evaluatedBytes) >= due;
    return isEvaluated ? undefined : inspected.evaluateNowInSteps();
  }

  /** Two steps as one. The second does not run when the first blocks. */
  *join(before: Steps<Step>, second: () => Steps<Step>): Steps<Step> {
    const first = yield* before;
    if (first.kind !== 'release') return first;
    const next = yield* second();
    if (next.kind !== 'release' || first === nothing) return next;
    const requestCount = first.requestCount + next.requestCount;
    return { ...first, ...next, requestCount, responseCount: first.responseCount + next.responseCount };
  }

  /** Stops the exchange. */
  block(verdict: Extract<Verdict, { readonly kind: 'block' }>): Step {
    this.verdict = verdict;
    const isCommitted = this.#response.queue.headIsOut;
    this.end(isCommitted ? 'cut' : 'blocked');
    const { status, location } = verdict;
    this.#recorder.blockStatus = status;
    const answer = location === undefined ? { status } : { status, location };
    return { kind: 'block', ...answer, isCommitted, report: this.#report() };
  }

  /** The report, when it differs from the last one. */
  #newReport(): Report | undefined {
    const matchCount = this.inspection?.matchCount ?? 0;
    const { kind } = this.verdict;
    if (matchCount === this.#reported.matchCount && kind === this.#reported.verdict) return undefined;
    this.#reported = { matchCount, verdict: kind };
    return this.#report();
  }

  #report(): Report {
    return reportOf(this.requestId, this.verdict, this.inspection?.summary ?? nothingInspected);
  }
}
