// What rules read of an exchange besides hits, determined from the rules alone: names of TX, single values, counts. Two exchanges
// that agree in these and in their hits have the same result of a phase. Runs nothing.

import { type FieldKind, KindSet } from '../../plan/field-kind.ts';
import type { Macro } from '../../plan/macro.ts';
import type { CompiledRule, Effect, Link, PatternId, PhasePlan, Selector, Target } from '../../plan/plan.ts';
import { hasRule, type RuleBits } from '../../plan/rule-bits.ts';
import { areLocated } from '../captures.ts';
import { hasOneValue } from '../variables.ts';

/** A target that a link of a rule reads when it runs. */
export interface TargetRead {
  readonly rule: CompiledRule;
  readonly link: Link;
  readonly target: Target;
}

/** What a set of rules reads. */
export interface PhaseReads {
  readonly txNames: readonly string[];
  /** For targets that select several names of TX. */
  readonly txFilters: readonly Selector[];
  readonly singles: readonly TargetRead[];
  readonly counts: readonly TargetRead[];
  /** Kinds of fields whose texts are read; all of them have their texts in keys. */
  readonly kinds: readonly FieldKind[];
  /** Patterns whose groups are captured, with a target of the link. */
  readonly captures: ReadonlyMap<PatternId, Target>;
}

interface Draft {
  readonly txNames: Set<string>;
  readonly txFilters: Set<Selector>;
  readonly singles: TargetRead[];
  readonly counts: TargetRead[];
  readonly kinds: Set<FieldKind>;
  readonly captures: Map<PatternId, Target>;
}

/** Kinds of fields whose texts are parts of keys: what clients send every time. */
export const namedKinds = new KindSet([
  ...['REQUEST_METHOD', 'REQUEST_PROTOCOL', 'REQUEST_HEADERS_NAMES', 'RESPONSE_HEADERS_NAMES'],
] as const);

/**
 * What the candidates of a phase read; `undefined` if one of them reads something that cannot be determined, such as the text of
 * fields.
 */
export function readsOf(phase: PhasePlan, candidates: RuleBits): PhaseReads | undefined {
  const sets = { txNames: new Set<string>(), txFilters: new Set<Selector>(), kinds: new Set<FieldKind>() };
  const draft: Draft = { ...sets, singles: [], counts: [], captures: new Map() };
  for (const rule of phase.steps) {
    if (rule.kind === 'assignment' || !hasRule(candidates, rule.index)) continue;
    if (!rule.links.every((link) => addLink(rule, link, draft))) return undefined;
  }
  return { ...draft, txNames: [...draft.txNames], txFilters: [...draft.txFilters], kinds: [...draft.kinds] };
}

/** Variables with one value that depends on the previous rule, or differs in each exchange. */
const everChanging: ReadonlySet<string> = new Set(
  'MATCHED_VAR MATCHED_VAR_NAME DURATION TIME TIME_DAY TIME_EPOCH TIME_HOUR TIME_MIN TIME_MON TIME_SEC TIME_WDAY TIME_YEAR UNIQUE_ID'.split(
    ' ',
  ),
);

function addLink(rule: CompiledRule, link: Link, draft: Draft): boolean {
  const { operator, targets, effects } = link;
  const isLate = operator.kind === 'value' && operator.test === undefined;
  if (isLate && !addMacro(operator.argument, draft)) return false;
  const [first] = targets;
  if (link.capture && areLocated(operator) && first !== undefined) {
    for (const pattern of operator.patterns) draft.captures.set(pattern, first);
  }
  // Effects of macros that refer to something else are not repeatable, which is checked when the rule matches.
  for (const effect of effects) for (const macro of macrosOf(effect)) addMacro(macro, draft);
  return targets.every((target) => {
    if (target.kinds.length > 0) {
      if (target.mode === 'count') draft.counts.push({ rule, link, target });
      else if (isLate) for (const kind of target.kinds) draft.kinds.add(kind);
      return target.mode === 'count' || !isLate || target.kinds.every((kind) => namedKinds.has(kind));
    }
    if (target.variable === 'TX') {
      const name = target.selector?.name;
      if (name !== undefined) draft.txNames.add(name);
      else if (target.selector === undefined) return false;
      else draft.txFilters.add(target.selector);
      return true;
    }
    if (!hasOneValue(target) || everChanging.has(target.variable)) return false;
    draft.singles.push({ rule, link, target });
    return true;
  });
}

/** Records the names of TX in a macro; returns false if it refers to something else. */
function addMacro(macro: Macro, { txNames }: Draft): boolean {
  let isTold = true;
  for (const part of macro.parts) {
    if (typeof part === 'string') continue;
    if (part.variable === 'TX' && part.key !== undefined) txNames.add(part.key);
    else isTold = false;
  }
  return isTold;
}

/** The macros that a repeatable effect expands. A change by `+` or `-` reads the name itself. */
export function macrosOf(effect: Effect): readonly Macro[] {
  if (effect.kind !== 'setvar') return [];
  const { change, name, value } = effect;
  const own: readonly Macro[] =
    change === 'add' || change === 'subtract'
      ? [{ parts: [{ variable: 'TX', key: name.constant }], constant: undefined }]
      : [];
  return [name, value, ...own];
}
