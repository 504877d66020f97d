// Which results of rules are reliable while a body is still arriving. Conservative: a rule is `monotone` only if more input can
// never undo a match, and a TX variable is rising only while its current value is a lower bound.

import { bodyKinds } from '../plan/field-kind.ts';
import type { Macro } from '../plan/macro.ts';
import type { Assignment, Effect, Link, Stability, Target } from '../plan/plan.ts';
import { PrefixSet } from './prefix-set.ts';
import type { FlowStep } from './undecided.ts';

/** What is known about a TX variable at a point of the phase: `rising` values can only grow as the body arrives. */
type Knowledge = 'stable' | 'rising' | 'unstable';

/** Computed variables that do not change during a body phase. */
const settledVariables: ReadonlySet<string> = new Set(
  `AUTH_TYPE MODSEC_BUILD PATH_INFO REMOTE_ADDR REMOTE_HOST REMOTE_PORT REMOTE_USER REQBODY_PROCESSOR
  RESPONSE_CONTENT_LENGTH RESPONSE_CONTENT_TYPE RESPONSE_PROTOCOL RESPONSE_STATUS RULE SERVER_ADDR SERVER_NAME SERVER_PORT
  STATUS_LINE UNIQUE_ID WEBAPPID MSC_PCRE_ERROR MSC_PCRE_LIMITS_EXCEEDED INBOUND_DATA_ERROR
  OUTBOUND_DATA_ERROR`.split(/\s+/),
);

/** Numbers that only grow while a body arrives. */
const isRisingVariable = (name: string): boolean =>
  /^(?:REQUEST_BODY_LENGTH|RESPONSE_BODY_LENGTH|FULL_REQUEST_LENGTH|ARGS_COMBINED_SIZE|FILES_COMBINED_SIZE|REQBODY_ERROR|REQBODY_PROCESSOR_ERROR|BODY_XML_(?:DOCTYPE|ENTITY)|URLENCODED_ERROR|MULTIPART_(?!NAME|FILENAME).*)$/.test(
    name,
  );

/** Whether a target counts or measures something that grows while a body arrives. */
export function readsGrowth({ variable, kinds, mode }: Target): boolean {
  if (kinds.length === 0) return isRisingVariable(variable);
  return mode === 'count' && kinds.some((kind) => bodyKinds.has(kind));
}

const rank: Readonly<Record<Stability, number>> = { stable: 0, monotone: 1, unstable: 2 };

function worst(all: readonly Stability[]): Stability {
  return all.reduce((a, b) => (rank[a] >= rank[b] ? a : b), 'stable');
}

/** Knowledge of TX along one phase, rule by rule. */
class TxKnowledge {
  readonly #byName = new Map<string, Knowledge>();
  /** Prefixes of names that were built from macros. */
  readonly #unstablePrefixes = new PrefixSet();

  of(name: string): Knowledge {
    if (this.#unstablePrefixes.covers(name)) return 'unstable';
    return this.#byName.get(name) ?? 'stable';
  }

  /** Whether the value of a text cannot change any more, can only grow, or neither. */
  ofMacro(macro: Macro): Knowledge {
    let knowledge: Knowledge = 'stable';
    for (const part of macro.parts) {
      if (typeof part === 'string') continue;
      const isSettled = settledVariables.has(part.variable);
      const isNamedTx = part.variable === 'TX' && part.key !== undefined && !/^\d$/.test(part.key);
      const one = isNamedTx ? this.of(part.key as string) : isSettled ? 'stable' : 'unstable';
      if (one !== 'stable') knowledge = macro.parts.length === 1 ? one : 'unstable';
    }
    return knowledge;
  }

  /** Records what a rule with the given stability may write. */
  apply(effect: Effect, stability: Stability): void {
    if (effect.kind !== 'setvar' || effect.collection !== 'TX') return;
    const name = effect.name.constant;
    if (name === undefined) {
      const first = effect.name.parts[0];
      this.#unstablePrefixes.add(typeof first === 'string' ? first : '');
      return;
    }
    this.#byName.set(name, this.#after(effect, stability, this.of(name)));
  }

  /** Records folded assignments at a place that is reached certainly or not. */
  assign([name, value]: Assignment, isReached: boolean): void {
    this.#byName.set(name, isReached && value !== undefined ? 'stable' : 'unstable');
  }

  #after(effect: Effect & { kind: 'setvar' }, stability: Stability, before: Knowledge): Knowledge {
    const value = this.ofMacro(effect.value);
    if (effect.change === 'add') {
      if (before === 'unstable' || value === 'unstable' || Number(effect.value.constant ?? 0) < 0) return 'unstable';
      // A rule that is skipped while the body arrives adds nothing, so the sum is still a lower bound.
      return stability === 'stable' && value === 'stable' ? before : 'rising';
    }
    if (effect.change === 'set' && stability === 'stable') return value;
    if (effect.change === 'subtract' && stability === 'stable' && value === 'stable') return before;
    return 'unstable';
  }
}

/** Whether an operator that is true for a number is true for every larger one. */
function isRisingTest(link: Link): boolean {
  const { operator } = link;
  if (operator.kind !== 'value') return false;
  if (operator.negated) {
    return ['lt', 'le'].includes(operator.name) || (operator.name === 'eq' && operator.argument.constant === '0');
  }
  return ['ge', 'gt'].includes(operator.name);
}

function computedStability(target: Target, link: Link, before: Stability, tx: TxKnowledge): Stability {
  const { variable, selector } = target;
  if (variable === 'MATCHED_VARS' || variable === 'MATCHED_VARS_NAMES') return before;
  // The last match changes when there are more.
  if (variable.startsWith('MATCHED_VAR')) return before === 'stable' ? 'stable' : 'unstable';
  if (variable === 'TX') {
    const name = selector?.name;
    if (name === undefined) return 'unstable';
    if (/^\d$/.test(name)) return before === 'stable' ? 'stable' : 'unstable';
    const knowledge = tx.of(name);
    if (knowledge === 'stable') return 'stable';
    return knowledge === 'rising' && target.mode === 'each' && isRisingTest(link) ? 'monotone' : 'unstable';
  }
  if (settledVariables.has(variable)) return 'stable';
  return isRisingVariable(variable) && isRisingTest(link) ? 'monotone' : 'unstable';
}

function targetStability(target: Target, link: Link, before: Stability, tx: TxKnowledge): Stability {
  if (target.kinds.length === 0) return computedStability(target, link, before, tx);
  if (!target.kinds.some((kind) => bodyKinds.has(kind))) return 'stable';
  if (target.mode === 'count') return isRisingTest(link) ? 'monotone' : 'unstable';
  // Hits are final: a negated operator has none in an open field, and those in other fields never disappear.
  return 'monotone';
}

function linkStability(link: Link, before: Stability, tx: TxKnowledge): Stability {
  const { operator } = link;
  if (operator.kind === 'none') return 'stable';
  if (operator.kind === 'value' && tx.ofMacro(operator.argument) !== 'stable') return 'unstable';
  return worst(link.targets.map((target) => targetStability(target, link, before, tx)));
}

/**
 * Classifies the steps of one phase, in order; an assignment is stable. Earlier phases are over when a body phase runs, so what
 * they wrote is stable. What a rule writes that an undecided jump may skip is not certain.
 */
export function classifyStability(steps: readonly FlowStep[]): readonly Stability[] {
  const tx = new TxKnowledge();
  let undecidedUpTo = 0;
  return steps.map((step, index) => {
    const reached: Stability = index < undecidedUpTo ? 'monotone' : 'stable';
    let stability: Stability = 'stable';
    if (step.kind === 'assignment') {
      for (const one of step.presets.flatMap(({ assignments }) => assignments)) tx.assign(one, reached === 'stable');
      return stability;
    }
    for (const link of step.links) {
      stability = worst([stability, linkStability(link, stability, tx)]);
      // A link's effects happen as soon as all links up to it match, whatever the rest of the chain does.
      for (const effect of link.effects) tx.apply(effect, worst([reached, stability]));
    }
    if (step.skipTo !== undefined && stability !== 'stable') undecidedUpTo = Math.max(undecidedUpTo, step.skipTo);
    return stability;
  });
}
