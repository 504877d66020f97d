// Drafts of rules and markers in file order → the phases of a plan: folds constant rules, resolves jumps, and records for each
// pattern the rules to evaluate after a hit.

import { mapPaced, type Pace } from '../base/pace.ts';
import type { Steps } from '../base/turn.ts';
import { isRuleStep } from '../plan/phase-step.ts';
import type {
  AssignmentStep,
  CompiledRule,
  Link,
  PatternId,
  PhasePlan,
  PhaseStep,
  Preset,
  Stability,
} from '../plan/plan.ts';
import { ruleBitsOf } from '../plan/rule-bits.ts';
import type { Marker } from '../seclang/ast.ts';
import { type Folded, foldPhases } from './fold.ts';
import { compileLink, type LinkContext, type LinkDraft } from './link-compiler.ts';
import type { RegisteredPattern } from './pattern-registry.ts';
import { risingRulesOf } from './rising.ts';
import { classifyStability } from './stability.ts';
import { endsOrControls, type FlowOf, landingsOf, refutationOf } from './undecided.ts';

/** A rule before its links are compiled and its position is known. */
export type RuleDraft = Omit<
  CompiledRule,
  'kind' | 'index' | 'skipTo' | 'landing' | 'refutation' | 'stability' | 'links' | 'changesFlow'
> & {
  readonly links: readonly [LinkDraft, ...LinkDraft[]];
  readonly skip: number;
  readonly skipAfter: string | undefined;
};

/** The phases, with an empty one at index 0, and the value of TX when phase 1 begins. */
export interface AssembledPhases {
  readonly phases: readonly PhasePlan[];
  readonly initialTx: ReadonlyMap<string, string | number>;
  /** Number of constant-folded rules. */
  readonly foldedCount: number;
}

/** A rule of one phase with the index to continue with after a match. */
type PlacedRule = RuleDraft & { readonly skipTo: number | undefined };

/** A rule that runs, or what is left of adjacent folded rules; `from` is its original position, `to` that of the last of them. */
type Step =
  | { readonly kind: 'rule'; readonly rule: PlacedRule; readonly from: number }
  | { readonly kind: 'assignment'; readonly presets: Preset[]; readonly from: number; to: number };

/** A step whose links are compiled. */
type LinkedStep = LinkedRule | Pick<AssignmentStep, 'kind' | 'presets'>;
type LinkedRule = FlowOf & { readonly kind: 'rule'; readonly rule: PlacedRule };

const phaseNumbers = [1, 2, 3, 4, 5];

/** Combines all phases and registers what their rules need scanned. */
export function* assemblePhases(
  entries: readonly (RuleDraft | Marker)[],
  context: LinkContext,
  pace: Pace,
): Steps<AssembledPhases> {
  const placed = yield* mapPaced(pace, phaseNumbers, (phase) => placeRules(entries, phase), costOfList);
  const folded = yield* foldPhases(placed, pace);
  const steps = yield* mapPaced(
    pace,
    placed,
    (rules, index) => stepsOf(rules, folded[index] as readonly Folded[]),
    costOfList,
  );
  const initial = takeInitialPresets(steps[0] as Step[]);
  const sources = { context, initial, pace };
  const phases = [yield* compilePhase([], 0, sources)];
  for (const own of steps) phases.push(yield* compilePhase(own, phases.length, sources));
  const foldedCount = folded.flat().filter((one) => one !== 'keep').length;
  return { phases, initialTx: initial, foldedCount };
}

/** Entries of a list per step, if each takes little work. */
const entriesAStep = 2;

function costOfList(list: readonly unknown[]): number {
  return list.length / entriesAStep;
}

/** The rules of a phase, with jumps resolved to indexes. */
function placeRules(entries: readonly (RuleDraft | Marker)[], phase: number): readonly PlacedRule[] {
  const rules: RuleDraft[] = [];
  /** Label or rule id → indexes of the rules of this phase after places with that name. */
  const places = new Map<string, number[]>();
  const place = (label: string, index: number): void => {
    const known = places.get(label);
    if (known === undefined) places.set(label, [index]);
    else if (known.at(-1) !== index) known.push(index);
  };
  for (const entry of entries) {
    if ('kind' in entry) place(entry.label, rules.length);
    else if (entry.phase === phase) {
      rules.push(entry);
      place(String(entry.id), rules.length);
    }
  }
  return rules.map((rule, index) => ({ ...rule, skipTo: skipTarget(rule, index, places, rules.length) }));
}

function skipTarget(
  rule: RuleDraft,
  index: number,
  places: ReadonlyMap<string, readonly number[]>,
  ruleCount: number,
): number | undefined {
  if (rule.skip > 0) return Math.min(index + 1 + rule.skip, ruleCount);
  if (rule.skipAfter === undefined) return undefined;
  // A label that does not follow skips the rest of the phase (ModSecurity reference manual v3, skipAfter).
  const named = places.get(rule.skipAfter) ?? [];
  return named[countUpTo(named, index)] ?? ruleCount;
}

/** How many of ascending numbers are not above a bound; the index of the first one that is. */
function countUpTo(rising: readonly number[], bound: number): number {
  let low = 0;
  let high = rising.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rising[middle] as number) > bound) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** What runs, in order. Assignments of adjacent rules become one step unless a jump lands between them. */
function stepsOf(rules: readonly PlacedRule[], folded: readonly Folded[]): Step[] {
  const landings = new Set(rules.map((rule) => rule.skipTo));
  const steps: Step[] = [];
  rules.forEach((rule, from) => {
    const fate = folded[from] as Folded;
    if (fate === 'gone') return;
    if (fate === 'keep') {
      steps.push({ kind: 'rule', rule, from });
      return;
    }
    const preset = { rule: { id: rule.id, tags: rule.tags, messageText: rule.messageText }, assignments: fate };
    const last = steps.at(-1);
    if (last?.kind === 'assignment' && !hasLanding(landings, last.to, from)) {
      last.presets.push(preset);
      last.to = from;
    } else steps.push({ kind: 'assignment', presets: [preset], from, to: from });
  });
  return steps;
}

function hasLanding(landings: ReadonlySet<number | undefined>, after: number, upTo: number): boolean {
  for (let index = after + 1; index <= upTo; index += 1) if (landings.has(index)) return true;
  return false;
}

/** Assignments before any other rule of phase 1 are present from the start. */
function takeInitialPresets(steps: Step[]): ReadonlyMap<string, string | number> {
  const initial = new Map<string, string | number>();
  const [first] = steps;
  if (first?.kind !== 'assignment') return initial;
  steps.shift();
  return withPresets(initial, first.presets);
}

/** TX after these assignments. */
function withPresets(
  before: ReadonlyMap<string, string | number>,
  presets: readonly Preset[],
): ReadonlyMap<string, string | number> {
  const behind = new Map(before);
  for (const [name, value] of presets.flatMap((preset) => preset.assignments)) {
    if (value === undefined) behind.delete(name);
    else behind.set(name, value);
  }
  return behind;
}

interface PhaseSources {
  readonly context: LinkContext;
  /** TX before phase 1. */
  readonly initial: ReadonlyMap<string, string | number>;
  readonly pace: Pace;
}

function* compilePhase(
  steps: readonly Step[],
  phase: number,
  { context, initial, pace }: PhaseSources,
): Steps<PhasePlan> {
  const froms = steps.map(({ from }) => from);
  const linked = yield* mapPaced(pace, steps, (step) => linkStep(step, froms, context), stepsOfLinked);
  const stabilities = classifyStability(linked);
  if (pace.isDue(costOfList(steps) * 2)) yield;
  const landings = landingsOf(linked);
  // Only the first one of phase 1: at later ones TX may have changed.
  const first = phase === 1 ? linked.find(({ kind }) => kind === 'assignment') : undefined;
  const planned = linked.map((step, index): PhaseStep => {
    if (step.kind === 'rule') return ruleStep(step, index, stabilities[index] ?? 'unstable', landings[index]);
    const { kind, presets } = step;
    return { kind, presets, initialTx: step === first ? withPresets(initial, presets) : undefined };
  });
  for (const rule of planned.filter(isRuleStep)) registerPatterns(rule, context);
  if (pace.isDue(costOfList(planned) * 2)) yield;
  return {
    phase,
    steps: planned,
    always: ruleBitsOf(planned, (step) => step.kind === 'assignment' || canMatchWithoutHit(step)),
    guards: ruleBitsOf(planned, (step) => step.kind === 'rule' && step.changesFlow && step.stability !== 'stable'),
    rising: phase === 2 || phase === 4 ? risingRulesOf(planned) : [],
  };
}

/** @param froms the original position of each step of the phase. */
function linkStep(step: Step, froms: readonly number[], context: LinkContext): LinkedStep {
  if (step.kind === 'assignment') return step;
  const { rule } = step;
  const [first, ...more] = rule.links;
  const links = [compileLink(first, context), ...more.map((link) => compileLink(link, context))] as const;
  return { kind: 'rule', rule, links, skipTo: newIndex(froms, rule.skipTo), disruption: rule.disruption };
}

/** Approximate number of planning steps to compile a step of a phase. */
function stepsOfLinked(step: LinkedStep): number {
  if (step.kind === 'assignment') return 20 + step.presets.length;
  let steps = 0;
  for (const { targets, effects } of step.links) steps += 20 + 4 * targets.length + effects.length;
  return steps;
}

function ruleStep(
  { rule, links, skipTo }: LinkedRule,
  index: number,
  stability: Stability,
  landing: number | undefined,
): CompiledRule {
  const { skip, skipAfter, ...rest } = rule;
  const flow = { skipTo, landing, refutation: refutationOf(links[0]) };
  const own = { ...rest, ...flow, kind: 'rule', links, index, stability } as const;
  return { ...own, changesFlow: changesFlow(own) };
}

function canMatchWithoutHit({ links: [first] }: CompiledRule): boolean {
  return first.operator.kind === 'none' || first.hasComputedTargets;
}

function changesFlow(rule: FlowOf): boolean {
  return rule.skipTo !== undefined || endsOrControls(rule);
}

/** The target of a jump among the remaining rules. @param froms their original positions. */
function newIndex(froms: readonly number[], oldIndex: number | undefined): number | undefined {
  if (oldIndex === undefined) return undefined;
  return countUpTo(froms, oldIndex - 1);
}

function notePhase(phase: number, patterns: readonly PatternId[], { registry }: LinkContext): void {
  for (const pattern of patterns) (registry.patterns[pattern] as RegisteredPattern).phases |= 1 << phase;
}

/** Registers what a rule needs scanned, and the hits after which it is evaluated. */
function registerPatterns(rule: CompiledRule, context: LinkContext): void {
  if (!canMatchWithoutHit(rule)) listenForHits(rule, rule.links[0], context);
  for (const { operator } of rule.links) {
    if (operator.kind !== 'none') notePhase(rule.phase, operator.patterns, context);
    // For a negated operator, finding the pattern itself may prove that the rule does not match.
    if (operator.kind === 'pattern') notePhase(rule.phase, operator.native, context);
  }
}

function listenForHits(rule: CompiledRule, first: Link, { registry }: LinkContext): void {
  if (first.operator.kind === 'none') return;
  for (const pattern of first.operator.patterns) {
    (registry.patterns[pattern] as RegisteredPattern).rules.push({ phase: rule.phase, index: rule.index });
  }
}
