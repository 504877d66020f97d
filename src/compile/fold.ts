// Constant folding of rules whose outcome does not depend on the request: set-up of TX, and paranoia levels that skip whole
// groups. They are evaluated at load; their assignments are kept as a list, and what they skip is removed. The result is the same
// as running them.

import { foldAscii } from '../base/bytes.ts';
import { constants } from '../base/constants.ts';
import type { Pace } from '../base/pace.ts';
import type { Steps } from '../base/turn.ts';
import type { Assignment, Disruption, Effect, RuleFilter, RuleIdentity, Target } from '../plan/plan.ts';
import { leadingInteger, valueOperator } from '../plan/value-operator.ts';
import { KnownTx } from './known-tx.ts';
import type { LinkDraft } from './link-compiler.ts';
import { TxReaders } from './tx-readers.ts';

/** The parts of a rule that matter for folding. */
export interface FoldableRule extends RuleIdentity {
  readonly links: readonly LinkDraft[];
  readonly disruption: Disruption;
  readonly isLogged: boolean;
  readonly isAudited: boolean;
  /** For HIGHEST_SEVERITY. */
  readonly severity: string | undefined;
  /** Index within the phase to continue with after a match. */
  readonly skipTo: number | undefined;
}

/** The result for a rule: it runs, it is removed, or only its assignments are kept. */
export type Folded = 'keep' | 'gone' | readonly Assignment[];

interface Outcome {
  readonly isMatch: boolean;
  readonly assignments: Assignment[];
}

/** Steps for checking a rule against a removal; one step copies or merges a name. */
const removalSteps = 4;
/** Names merged per step of planning. */
const stepsAPlanStep = 4;

const neverReadLines = (): readonly [] => [];

/** Folds the phases 1…5, given in that order. */
export function* foldPhases(
  phases: readonly (readonly FoldableRule[])[],
  pace: Pace,
): Steps<readonly (readonly Folded[])[]> {
  const folder = new Folder(phases.flat(), pace);
  if (pace.isDue(phases.flat().length)) yield;
  const folded: (readonly Folded[])[] = [];
  for (const rules of phases) folded.push(yield* folder.foldPhase(rules, folded.length === phases.length - 1));
  return folded;
}

class Folder {
  /** Removals that some rule may request at run time. */
  readonly #removals: readonly RuleFilter[];
  readonly #readers: TxReaders<FoldableRule>;
  readonly #pace: Pace;
  /** Steps so far, and those already reported to the pace. */
  #steps = 0;
  #toldSteps = 0;
  /** What is certain at the start of the current phase. */
  #entry = new KnownTx();
  /** What is certain wherever an exchange may have ended before phase 5. */
  #exit: KnownTx | undefined;
  /** What was last merged into it: many consecutive rules that end exchanges change nothing in between. */
  #exited: { readonly tx: KnownTx; readonly version: number } | undefined;
  /** What is certain wherever `allow` may have skipped the following phases. */
  #spared: KnownTx | undefined;

  constructor(all: readonly FoldableRule[], pace: Pace) {
    this.#pace = pace;
    this.#readers = new TxReaders(all);
    this.#removals = all
      .flatMap((rule) => rule.links.flatMap((link) => link.actions.effects))
      .flatMap((effect) => (effect.kind === 'ruleRemove' ? [effect.rules] : []));
  }

  *foldPhase(rules: readonly FoldableRule[], isLast: boolean): Steps<readonly Folded[]> {
    if (this.#isSpent) return rules.map(() => 'keep');
    const start = this.#merged(this.#merged(this.#entry, this.#spared), isLast ? this.#exit : undefined);
    /** Targets of jumps that may or may not be taken, with what is certain there. */
    const landings = new Map<number, KnownTx>();
    const land = (index: number, known: KnownTx): void => {
      landings.set(index, this.#merged(known, landings.get(index)));
    };
    /** `undefined`: this place is unreachable. */
    let tx: KnownTx | undefined = start.copy();
    const folded: Folded[] = [];
    for (const [index, rule] of rules.entries()) {
      if (this.#isDue()) yield;
      const landing = landings.get(index);
      if (landing !== undefined) tx = this.#isSpent ? landing : this.#merged(landing, tx);
      if (tx === undefined) {
        folded.push('gone');
        continue;
      }
      if (this.#isSpent) {
        folded.push('keep');
        continue;
      }
      const outcome = yield* this.#outcomeOf(rule, tx, rules, index);
      if (outcome === undefined) {
        forgetEffects(rule, tx);
        this.#noteExits(rule, tx, (known) => land(rules.length, known));
        if (rule.skipTo !== undefined) land(rule.skipTo, tx);
        folded.push('keep');
        continue;
      }
      for (const [name, value] of outcome.assignments) tx.set(name, value);
      folded.push(outcome.assignments.length > 0 ? outcome.assignments : 'gone');
      if (outcome.isMatch && rule.skipTo !== undefined) {
        land(rule.skipTo, tx);
        tx = undefined;
      }
    }
    if (this.#isSpent) return folded;
    const landing = landings.get(rules.length);
    this.#entry = landing === undefined ? (tx ?? start) : this.#merged(landing, tx);
    this.#exit = this.#merged(this.#entry, this.#exit);
    return folded;
  }

  /** A rule that may end the exchange or the phase passes on what is certain now to later phases. */
  #noteExits(rule: FoldableRule, tx: KnownTx, endPhase: (tx: KnownTx) => void): void {
    if (rule.disruption === 'pass') return;
    const isKnown = this.#exited?.tx === tx && this.#exited.version === tx.version;
    if (!isKnown) this.#exit = this.#merged(tx, this.#exit);
    this.#exited = { tx, version: tx.version };
    if (!rule.disruption.startsWith('allow')) return;
    this.#spared = this.#merged(tx, this.#spared);
    endPhase(tx);
  }

  /** What the rule does for every request; `undefined` if that is not certain or must appear in logs. */
  *#outcomeOf(
    rule: FoldableRule,
    tx: KnownTx,
    rules: readonly FoldableRule[],
    index: number,
  ): Steps<Outcome | undefined> {
    const outcome = settleLinks(rule.links, tx);
    if (outcome === undefined) return undefined;
    if (outcome.assignments.length > 0 && !(yield* this.#survivesRemoval(rule, outcome.assignments))) return undefined;
    if (!outcome.isMatch) return outcome;
    if (rule.isLogged || rule.isAudited || rule.disruption !== 'pass' || rule.severity !== undefined) return undefined;
    // If the rule were removed at run time, what it skips would run, so that must be removed together with it.
    const skipped = rule.skipTo === undefined ? [] : rules.slice(index + 1, rule.skipTo);
    return (yield* this.#removesAll(rule, () => skipped)) ? outcome : undefined;
  }

  /**
   * If the rule were removed at run time, its assignments would be missing, so only rules removed together with it may read them.
   */
  *#survivesRemoval(rule: FoldableRule, assignments: readonly Assignment[]): Steps<boolean> {
    const names = new Set(assignments.map(([name]) => name));
    return yield* this.#removesAll(rule, () => [...names].flatMap((name) => [...this.#readers.of(name)]));
  }

  /**
   * Whether every removal of a rule also removes certain others. Above the limit of steps this is not determined, and the rule is
   * kept.
   */
  *#removesAll(rule: FoldableRule, othersOf: () => readonly FoldableRule[]): Steps<boolean> {
    let others: readonly FoldableRule[] | undefined;
    for (const removal of this.#removals) {
      if (this.#isSpent) return false;
      this.#steps += removalSteps;
      if (this.#isDue()) yield;
      if (!removal(rule)) continue;
      others ??= othersOf();
      for (const other of others) {
        this.#steps += removalSteps;
        if (this.#isDue()) yield;
        if (this.#isSpent || !removal(other)) return false;
      }
    }
    return true;
  }

  /** A copy of what is certain here and, if another path may lead here, there. */
  #merged(here: KnownTx, there: KnownTx | undefined): KnownTx {
    this.#steps += here.size + (there?.size ?? 0);
    return there === undefined ? here.copy() : here.merge(there);
  }

  /** Whether the limit of steps is reached, so that the remaining rules are not folded; they give the same result when they run. */
  get #isSpent(): boolean {
    return this.#steps > constants.foldStepsMax;
  }

  /** Counts a step, and the work since the last one. Returns whether it is time to yield. */
  #isDue(): boolean {
    const steps = 1 + (this.#steps - this.#toldSteps) / stepsAPlanStep;
    this.#toldSteps = this.#steps;
    return this.#pace.isDue(steps);
  }
}

/** Evaluates links on what is certain; `undefined` if something is not. */
function settleLinks(links: readonly LinkDraft[], before: KnownTx): Outcome | undefined {
  // Most rules end at their first link, which changes nothing yet, so they need no copy.
  let tx = before;
  const assignments: Assignment[] = [];
  for (const link of links) {
    const matchCount = countMatches(link, tx);
    if (matchCount === undefined) return undefined;
    if (matchCount === 0) return { isMatch: false, assignments };
    if (link.actions.capture && link.rule.operator !== undefined) return undefined;
    if (tx === before) tx = before.layer();
    for (let match = 0; match < matchCount; match += 1) {
      for (const effect of link.actions.effects) {
        const assignment = assignmentOf(effect, tx);
        if (assignment === undefined) return undefined;
        tx.set(assignment[0], assignment[1]);
        assignments.push(assignment);
      }
    }
  }
  return { isMatch: true, assignments };
}

/** How many values of a link match; `undefined` if that depends on the request. */
function countMatches(link: LinkDraft, tx: KnownTx): number | undefined {
  const { operator } = link.rule;
  if (operator === undefined) return 1;
  const { tester, transformations } = link;
  const argument = tester.kind === 'value' ? tx.expand(tester.argument) : operator.argument;
  const bind = valueOperator(operator.name, neverReadLines);
  if (argument === undefined || bind === undefined || transformations.length > 0) return undefined;
  const test = bind(argument);
  let count = 0;
  for (const target of link.targets) {
    const value = knownValue(target, tx);
    if (value === undefined) return undefined;
    if (value.text !== undefined && test(value.text) !== operator.negated) count += 1;
  }
  return count;
}

function knownValue(target: Target, tx: KnownTx): { readonly text: string | undefined } | undefined {
  const name = target.selector?.name;
  if (target.variable !== 'TX' || name === undefined || target.exclusions.length > 0) return undefined;
  const certainty = tx.get(name);
  if (!certainty.isKnown) return undefined;
  if (target.mode === 'count') return { text: certainty.value === undefined ? '0' : '1' };
  return { text: certainty.value === undefined ? undefined : String(certainty.value) };
}

function assignmentOf(effect: Effect, tx: KnownTx): Assignment | undefined {
  if (effect.kind !== 'setvar' || effect.collection !== 'TX') return undefined;
  const expanded = tx.expand(effect.name);
  const name = expanded === undefined ? undefined : foldAscii(expanded);
  const value = tx.expand(effect.value);
  if (name === undefined || value === undefined || !tx.get(name).isKnown) return undefined;
  if (effect.change === 'unset') return [name, undefined];
  if (effect.change === 'set') return [name, value];
  const amount = leadingInteger(value);
  const before = tx.number(name) ?? 0;
  return [name, effect.change === 'add' ? before + amount : before - amount];
}

/** After a rule that may or may not match, nothing is certain about what it writes. */
function forgetEffects(rule: FoldableRule, tx: KnownTx): void {
  for (const effect of rule.links.flatMap((link) => link.actions.effects)) {
    if (effect.kind !== 'setvar' || effect.collection !== 'TX') continue;
    const { constant, parts } = effect.name;
    const [first] = parts;
    if (constant !== undefined) tx.forget(constant);
    else tx.forgetPrefix(typeof first === 'string' ? first : '');
  }
}
