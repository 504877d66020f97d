// Drafts of rules and markers in file order → the phases of a plan: what is settled at load is worked out, jumps get
// their targets, patterns learn which rules wait for them.

import { mapPaced, type Pace } from '../base/pace.ts';
import type { Steps } from '../base/turn.ts';
import { emptyMacro } from '../plan/macro.ts';
import type { CompiledRule, Link, PatternId, PhasePlan, Preset } from '../plan/plan.ts';
import type { Marker } from '../seclang/ast.ts';
import { type Folded, foldPhases } from './fold.ts';
import { compileLink, type LinkContext, type LinkDraft } from './link-compiler.ts';
import type { RegisteredPattern } from './pattern-registry.ts';
import { risingRulesOf } from './rising.ts';
import { classifyStability } from './stability.ts';
import { endsOrControls, type FlowOf, landingsOf, refutationOf } from './undecided.ts';

/** A rule before its links are compiled and its place is known. */
export type RuleDraft = Omit<
  CompiledRule,
  'index' | 'skipTo' | 'landing' | 'refutation' | 'stability' | 'links' | 'presets' | 'initialTx' | 'changesFlow'
> & {
  readonly links: readonly [LinkDraft, ...LinkDraft[]];
  readonly skip: number;
  readonly skipAfter: string | undefined;
};

/** The phases, index 0 empty, and what TX holds when phase 1 begins. */
export interface AssembledPhases {
  readonly phases: readonly PhasePlan[];
  readonly initialTx: ReadonlyMap<string, string | number>;
  /** Rules that were worked out at load. */
  readonly foldedCount: number;
}

/** A rule of one phase with the index that a match goes on with. */
type PlacedRule = RuleDraft & { readonly skipTo: number | undefined };

/** A rule that runs, or what is left of rules that were worked out. */
type Step =
  | { readonly kind: 'rule'; readonly rule: PlacedRule; readonly from: number }
  | {
      readonly kind: 'presets';
      readonly presets: Preset[];
      readonly from: number;
      to: number;
      readonly rule: PlacedRule;
    };

const phaseNumbers = [1, 2, 3, 4, 5];

/** Puts all phases together and registers what their rules want scanned. */
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

/** Entries of a list that are handled in a step, when little is done with each. */
const entriesAStep = 2;

function costOfList(list: readonly unknown[]): number {
  return list.length / entriesAStep;
}

/** The rules of a phase, jumps resolved to indexes among them. */
function placeRules(entries: readonly (RuleDraft | Marker)[], phase: number): readonly PlacedRule[] {
  const rules: RuleDraft[] = [];
  /** Label or rule id → indexes of the rules of this phase behind places of that name. */
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
  // A label that never comes skips the rest of the phase (ModSecurity reference manual v3, skipAfter).
  const named = places.get(rule.skipAfter) ?? [];
  return named[countUpTo(named, index)] ?? ruleCount;
}

/** How many of rising numbers are not above a bound; the index of the first that is. */
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

/** What runs, in order. Assignments of neighbours become one step unless a jump lands between them. */
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
    if (last?.kind === 'presets' && !hasLanding(landings, last.to, from)) {
      last.presets.push(preset);
      last.to = from;
    } else steps.push({ kind: 'presets', presets: [preset], from, to: from, rule });
  });
  return steps;
}

function hasLanding(landings: ReadonlySet<number | undefined>, after: number, upTo: number): boolean {
  for (let index = after + 1; index <= upTo; index += 1) if (landings.has(index)) return true;
  return false;
}

/** Assignments that come before any other rule of phase 1 are there from the start. */
function takeInitialPresets(steps: Step[]): ReadonlyMap<string, string | number> {
  const initial = new Map<string, string | number>();
  const [first] = steps;
  if (first?.kind !== 'presets') return initial;
  steps.shift();
  return withPresets(initial, first.presets);
}

/** What TX is when these assignments come to what it was. */
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
  /** What TX is before phase 1. */
  readonly initial: ReadonlyMap<string, string | number>;
  readonly pace: Pace;
}

function* compilePhase(
  steps: readonly Step[],
  phase: number,
  { context, initial, pace }: PhaseSources,
): Steps<PhasePlan> {
  const froms = steps.map(({ from }) => from);
  const compileStep = (step: Step) => {
    const skipTo = step.kind === 'rule' ? newIndex(froms, step.rule.skipTo) : undefined;
    const disruption = step.kind === 'rule' ? step.rule.disruption : bookkeeping.disruption;
    return { step, links: linksOf(step, context), skipTo, disruption };
  };
  const compiled = yield* mapPaced(pace, steps, compileStep, ({ links }) => stepsOfLinks(links));
  const stabilities = classifyStability(compiled);
  if (pace.isDue(costOfList(steps) * 2)) yield;
  const landings = landingsOf(compiled);
  const firstPresets = steps.find(({ kind }) => kind === 'presets');
  const rules = compiled.map(({ step, links, skipTo }, index): CompiledRule => {
    const { skip, skipAfter, ...rest } = step.rule;
    const stability = stabilities[index] ?? 'unstable';
    const flow = { skipTo, landing: landings[index], refutation: refutationOf(links[0]), changesFlow: false };
    const own = { ...rest, ...flow, links, index, stability, presets: undefined };
    if (step.kind === 'presets') {
      // Of phase 1 only the first: at those behind it TX is not any more what it was at the beginning.
      const isFirst = phase === 1 && step === firstPresets;
      const initialTx = isFirst ? withPresets(initial, step.presets) : undefined;
      return { ...own, ...bookkeeping, presets: step.presets, initialTx };
    }
    return { ...own, changesFlow: changesFlow(own) };
  });
  for (const rule of rules) {
    if (!canMatchWithoutHit(rule)) listenForHits(rule, rule.links[0], context);
    for (const { operator } of rule.links) {
      if (operator.kind !== 'none') notePhase(phase, operator.patterns, context);
      // Of a negated operator the pattern itself, when found, may settle that the rule does not match.
      if (operator.kind === 'pattern') notePhase(phase, operator.native, context);
    }
  }
  if (pace.isDue(costOfList(rules) * 2)) yield;
  return {
    phase,
    rules,
    always: bitSet(rules, canMatchWithoutHit),
    guards: bitSet(rules, (rule) => rule.changesFlow && rule.stability !== 'stable'),
    rising: phase === 2 || phase === 4 ? risingRulesOf(rules) : [],
  };
}

/** About how many steps it takes to compile links. */
function stepsOfLinks(links: readonly Link[]): number {
  let steps = 0;
  for (const { targets, effects } of links) steps += 20 + 4 * targets.length + effects.length;
  return steps;
}

function bitSet(rules: readonly CompiledRule[], holds: (rule: CompiledRule) => boolean): Uint32Array {
  const words = new Uint32Array((rules.length + 31) >>> 5);
  for (const rule of rules) {
    const word = rule.index >>> 5;
    if (holds(rule)) words[word] = ((words[word] as number) | (1 << (rule.index & 31))) >>> 0;
  }
  return words;
}

function canMatchWithoutHit({ links: [first] }: CompiledRule): boolean {
  return first.operator.kind === 'none' || first.hasComputedTargets;
}

function changesFlow(rule: FlowOf): boolean {
  return rule.skipTo !== undefined || endsOrControls(rule);
}

/** What a stand-in for settled rules has in place of a rule's own. */
const bookkeeping = {
  id: 0,
  tags: [],
  messageText: '',
  message: emptyMacro,
  logData: emptyMacro,
  severity: undefined,
  disruption: 'pass',
  isLogged: false,
  isAudited: false,
} as const;

function linksOf(step: Step, context: LinkContext): readonly [Link, ...Link[]] {
  if (step.kind === 'rule') {
    return step.rule.links.map((link) => compileLink(link, context)) as [Link, ...Link[]];
  }
  return [
    {
      targets: [],
      targetsByKind: [],
      hasComputedTargets: true,
      operator: { kind: 'none' },
      transformations: [],
      multiMatch: false,
      capture: false,
      effects: step.presets.flatMap((preset) =>
        preset.assignments.map(([name, value]) => ({
          kind: 'setvar' as const,
          collection: 'TX',
          name: { parts: [name], constant: name },
          change: value === undefined ? ('unset' as const) : ('set' as const),
          value: { parts: [String(value ?? '')], constant: String(value ?? '') },
        })),
      ),
      location: step.rule.location,
    },
  ];
}

/** Where a jump lands among the rules that are left. @param froms where each of them stood. */
function newIndex(froms: readonly number[], oldIndex: number | undefined): number | undefined {
  if (oldIndex === undefined) return undefined;
  return countUpTo(froms, oldIndex - 1);
}

function notePhase(phase: number, patterns: readonly PatternId[], { registry }: LinkContext): void {
  for (const pattern of patterns) (registry.patterns[pattern] as RegisteredPattern).phases |= 1 << phase;
}

function listenForHits(rule: CompiledRule, first: Link, { registry }: LinkContext): void {
  if (first.operator.kind === 'none') return;
  for (const pattern of first.operator.patterns) {
    (registry.patterns[pattern] as RegisteredPattern).rules.push({ phase: rule.phase, index: rule.index });
  }
}
