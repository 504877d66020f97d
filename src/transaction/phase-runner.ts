// Runs the rules of a phase over what one direction, or both, have shown so far, and lets the judge decide. Knows no chunk and no
// stride.

import type { Steps } from '../base/turn.ts';
import type { Judge } from '../decision/judge.ts';
import type { EvaluationMode } from '../evaluate/evaluation-mode.ts';
import { type Disrupted, evaluateInSteps } from '../evaluate/evaluator.ts';
import type { RuleState } from '../evaluate/rule-state.ts';
import { bothOf, type Found } from '../inspect/both-sides.ts';
import type { Inspector } from '../inspect/inspector.ts';
import type { ProblemCause, Problems } from '../inspect/problems.ts';
import type { PhasePlan, Plan } from '../plan/plan.ts';

/** What phases run with. */
export interface PhaseRunnerOptions {
  readonly plan: Plan;
  readonly state: RuleState;
  readonly judge: Judge;
  readonly request: Inspector;
  readonly response: Inspector;
}

/** The rules of one exchange. */
export class PhaseRunner {
  readonly state: RuleState;
  readonly judge: Judge;
  readonly #plan: Plan;
  readonly #request: Inspector;
  /** What rules of the response see. */
  readonly #both: Found;

  constructor({ plan, state, judge, request, response }: PhaseRunnerOptions) {
    this.state = state;
    this.judge = judge;
    this.#plan = plan;
    this.#request = request;
    this.#both = bothOf(request, response);
  }

  /** The rules of a phase. */
  planOf(phase: number): PhasePlan {
    return this.#plan.phases[phase] as PhasePlan;
  }

  /** Runs a phase in full, unless a rule said `allow` for it. Undefined: it is done, without a step. */
  run(phase: number): Steps<void> | undefined {
    return this.state.spares(phase) ? undefined : this.evaluate(phase, 'whole');
  }

  /** Runs rules of a phase and passes the result to the judge. Undefined: it is done, without a step. */
  evaluate(phase: number, mode: EvaluationMode): Steps<void> | undefined {
    const steps = this.#evaluate(phase, mode);
    if (steps !== undefined) return this.#evaluateInSteps(phase, steps);
    this.judge.considerPhase(phase, undefined, this.state);
    return undefined;
  }

  *#evaluateInSteps(phase: number, steps: Steps<Disrupted | undefined>): Steps<void> {
    this.judge.considerPhase(phase, yield* steps, this.state);
  }

  /** Runs phase 5, whose rules can no longer stop anything. Undefined: it is done, without a step. */
  runLast(): Steps<unknown> | undefined {
    return this.#evaluate(5, 'whole');
  }

  #evaluate(phase: number, mode: EvaluationMode): Steps<Disrupted | undefined> | undefined {
    return evaluateInSteps(this.planOf(phase), this.seeing(phase), mode);
  }

  /** The state, looking at what rules of the phase see: those of the request never see the response, although it may have begun. */
  seeing(phase: number): RuleState {
    this.state.see(phase <= 2 ? this.#request : this.#both);
    return this.state;
  }

  /**
   * Runs rules on a copy that sees `found` of its direction: if they would not disrupt, the phase starts over at the next stride.
   */
  *try(phase: number, found: Found): Steps<RuleState | 'disrupted'> {
    const clone = this.state.clone();
    try {
      clone.see(phase <= 2 ? found : bothOf(this.#request, found));
      const steps = evaluateInSteps(this.planOf(phase), clone, 'early');
      const disrupted = steps && (yield* steps);
      return disrupted === undefined ? clone : 'disrupted';
    } finally {
      clone.memory.close();
    }
  }

  /** Whether rules of a phase can still stop the exchange. */
  canStopIn(phase: number): boolean {
    return !this.judge.isBlocked && this.state.engine === 'On' && !this.state.spares(phase);
  }

  /** Lets rules and the failure policy decide about what could not be inspected, with the values of `state`. */
  considerProblems({ problems }: Inspector, phase: number, state: RuleState): void {
    this.#noteUnseen(problems, phase, state);
    for (const { cause } of problems.all) this.judge.considerProblem({ cause, phase }, state);
  }

  /** Adds a problem for unseen bytes if the policy treats them as one. */
  #noteUnseen(problems: Problems, phase: number, state: RuleState): void {
    const { unseenCauses } = problems;
    if (unseenCauses.length === 0 || this.judge.allows({ cause: 'uninspected', phase }, state)) return;
    problems.add('uninspected', `rules did not see all of it: ${unseenCauses.join(', ')}`);
  }

  /** Whether a problem would block in the current state. */
  blocks(cause: ProblemCause, phase: number): boolean {
    return this.judge.blocks({ cause, phase }, this.state);
  }
}
