// The verdict on one exchange: the first block is final, and only a block replaces a detection. A problem is ignored after an
// `allow`; otherwise a rule that looks at REQBODY_ERROR decides about it, or else the failure policy as rules have set it.

import type { Disrupted } from '../evaluate/evaluator.ts';
import type { RuleState } from '../evaluate/rule-state.ts';
import type { ProblemCause } from '../inspect/problems.ts';
import { decideFailure, type FailurePolicy, withActions } from './failure-mode.ts';
import type { Verdict } from './verdict.ts';

/** A problem, and the phase whose rules may decide about it. */
export interface PlacedProblem {
  readonly cause: ProblemCause;
  readonly phase: number;
}

/** Causes that set REQBODY_ERROR or RES_BODY_ERROR. */
const bodyErrors: Readonly<Record<'request' | 'response', readonly ProblemCause[]>> = {
  request: ['parse', 'coding', 'limit.body'],
  response: ['response-body'],
};

/** The verdict before a rule or a policy objects. */
export const allow: Verdict = { kind: 'allow' };

/** Judges one exchange. */
export class Judge {
  readonly #policy: FailurePolicy;
  readonly #onFirstVerdict: (phase: number) => void;
  #verdict: Verdict = allow;

  /** @param onFirstVerdict called once, at the first verdict other than `allow`. */
  constructor(policy: FailurePolicy, onFirstVerdict: (phase: number) => void) {
    this.#policy = policy;
    this.#onFirstVerdict = onFirstVerdict;
  }

  /** The verdict so far. */
  get verdict(): Verdict {
    return this.#verdict;
  }

  /** Whether the exchange is blocked, which is final. */
  get isBlocked(): boolean {
    return this.#verdict.kind === 'block';
  }

  /** Records the end of a phase: with a rule that disrupts, or, in DetectionOnly, with one that would have. */
  considerPhase(phase: number, disrupted: Disrupted | undefined, { detected }: RuleState): void {
    if (disrupted !== undefined) {
      const { rule, ...answer } = disrupted;
      this.#decide({ kind: 'block', ruleId: rule.id, ...answer, phase });
    } else if (detected !== undefined) {
      this.#decide({ kind: 'detect', ruleId: detected.rule.id, status: detected.status, phase });
    }
  }

  /** Records something that could not be inspected. The rules of the phase must have run, as far as possible by now. */
  considerProblem(problem: PlacedProblem, state: RuleState): void {
    this.#decide(this.#judge(problem, state));
  }

  /** Whether a problem would block in the current state. */
  blocks(problem: PlacedProblem, state: RuleState): boolean {
    return this.#judge(problem, state).kind === 'block';
  }

  /** Whether a problem would have no consequence in the current state. */
  allows(problem: PlacedProblem, state: RuleState): boolean {
    return this.#judge(problem, state).kind === 'allow';
  }

  #judge(problem: PlacedProblem, state: RuleState): Verdict {
    const { cause, phase } = problem;
    const direction = phase > 2 ? 'response' : 'request';
    const isOfRules = state.exchange.plan.bodyErrorRules.has(direction) && bodyErrors[direction].includes(cause);
    if (isOfRules || state.spares(phase)) return allow;
    return decideFailure(problem, state.engine, withActions(this.#policy, state.failureActions));
  }

  #decide(verdict: Verdict): void {
    if (verdict.kind === 'allow' || this.isBlocked) return;
    if (verdict.kind === 'detect' && this.#verdict.kind === 'detect') return;
    if (this.#verdict.kind === 'allow') this.#onFirstVerdict(verdict.phase);
    this.#verdict = verdict;
  }
}
