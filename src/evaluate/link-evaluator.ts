// Evaluates one link of a rule on its values: which of them match. For fields the native hits decide; computed values and
// TypeScript operators are tested here. Changes nothing.

import { foldAscii } from '../base/bytes.ts';
import type { FieldRecord } from '../inspect/field-record.ts';
import { isLengthOnly } from '../inspect/field-tests.ts';
import type { Hit } from '../inspect/hit-table.ts';
import { itemWork } from '../inspect/work.ts';
import { transformText } from '../matching/transformed.ts';
import { type FieldKind, fieldKind } from '../plan/field-kind.ts';
import type {
  CompiledRule,
  Link,
  PatternId,
  PatternOperator,
  PatternPlan,
  Target,
  ValueOperator,
} from '../plan/plan.ts';
import { filterRemoves, targetAccepts } from '../plan/targets.ts';
import type { BoundTest } from '../plan/value-operator.ts';
import { findInComputed } from './computed-scan.ts';
import { FieldMatch } from './field-match.ts';
import { expandMacro } from './macros.ts';
import type { RuleState } from './rule-state.ts';
import { type ComputedValue, computedValues, hasOneValue, keyOfOnly, onlyValue } from './variables.ts';

/** A link being evaluated. */
export interface LinkRun {
  readonly rule: CompiledRule;
  readonly link: Link;
  readonly state: RuleState;
}

/** All matches of a link, in the order of its targets and, within one, of the fields. Empty: it does not match. */
export function evaluateLink(run: LinkRun): readonly FieldMatch[] {
  const { operator } = run.link;
  switch (operator.kind) {
    case 'none':
      return [noValue];
    case 'pattern':
      return matchPatterns(run, operator);
    case 'value':
      return matchValues(run, operator);
  }
}

/** The match of SecAction. */
const noValue = new FieldMatch({
  target: { variable: '', mode: 'each', kinds: [], selector: undefined, exclusions: [] },
  key: '',
  text: '',
  transformations: [],
});

/** Whether a rule removed the value with this name from the target at run time. */
export function isRemoved(run: LinkRun, target: Target, name: string): boolean {
  const { removedTargets } = run.state;
  if (removedTargets.length === 0) return false;
  return removedTargets.some((one) => one.rules(run.rule) && filterRemoves(one.target, target, foldAscii(name)));
}

const requestBody = fieldKind('REQUEST_BODY');
const responseHeaders = fieldKind('RESPONSE_HEADERS');

/** Whether a field is outdated: the header of a content encoding that has been removed. */
function isOutdated({ state }: LinkRun, kind: FieldKind, key: string): boolean {
  return state.exchange.hasDecodedResponse && kind === responseHeaders && key === 'content-encoding';
}

/** The first target that looks at this field, -1 if none does. */
function targetOf(run: LinkRun, kind: FieldKind, key: string): number {
  if (kind === requestBody && !run.state.exchange.hasRequestBody) return -1;
  if (isOutdated(run, kind, key)) return -1;
  for (const index of run.link.targetsByKind[kind] ?? []) {
    const target = run.link.targets[index] as Target;
    if (targetAccepts(target, key) && !isRemoved(run, target, key)) return index;
  }
  return -1;
}

interface PlacedMatch {
  readonly match: FieldMatch;
  readonly target: number;
}

const byPlace = (a: PlacedMatch, b: PlacedMatch): number => a.target - b.target || a.match.order - b.match.order;

/**
 * Hits of a pattern that a rule sees. While a body arrives these are only the first and the latest: a rule that is reliable then
 * is as reliable on some matches as on all, and a body full of hits must not cost quadratic time.
 */
function hitsOf(state: RuleState, pattern: PatternId): readonly Hit[] {
  const hits = state.hits.of(pattern);
  const { earlyHitsMax } = state.exchange.limits;
  if (!state.isEarly || hits.length <= 2 * earlyHitsMax) return hits;
  return [...hits.slice(0, earlyHitsMax), ...hits.slice(-earlyHitsMax)];
}

/** Matches according to hits. */
function hitMatches(run: LinkRun, patterns: readonly number[]): PlacedMatch[] {
  const found: PlacedMatch[] = [];
  const { operator } = run.link;
  if (patterns.length === 0) return found;
  // A negated operator says what values must be, which an alternate reading need not fulfil.
  const isBound = operator.kind !== 'none' && operator.negated;
  for (const id of patterns) {
    const pattern = run.state.exchange.plan.patterns[id] as PatternPlan;
    const hits = hitsOf(run.state, id);
    run.state.work.spend(itemWork * hits.length);
    for (const hit of hits) {
      if (isBound && hit.field.isReading) continue;
      const target = targetOf(run, hit.field.kind, hit.field.key);
      if (target >= 0) found.push({ target, match: matchOfHit(run.link.targets[target] as Target, pattern, hit) });
    }
  }
  return patterns.length > 1 ? withoutRepeats(run, found) : found;
}

function matchOfHit(target: Target, pattern: PatternPlan, hit: Hit): FieldMatch {
  return new FieldMatch({
    target,
    key: shownKey(target, hit.field.name),
    field: hit.field,
    transformations: pattern.transformations,
    pattern: pattern.id,
    to: hit.to,
    tail: hit.tail,
  });
}

/** Header names arrive in lower case; if the rule names one, logs show it as the rule writes it. */
function shownKey(target: Target, name: string): string {
  return target.selector?.name === undefined ? name : target.selector.label;
}

/** With `multiMatch` a field is tested after each step, but only if the step changed it: equal texts count once. */
function withoutRepeats({ state: { work } }: LinkRun, found: readonly PlacedMatch[]): PlacedMatch[] {
  const seen = new Map<number, Set<string>>();
  return found.filter(({ match }) => {
    const texts = seen.get(match.order) ?? new Set();
    seen.set(match.order, texts);
    // Each is transformed and compared.
    work.spend(itemWork + (match.transformations.length + 1) * (match.receivedLength ?? 0));
    if (texts.has(match.text)) return false;
    texts.add(match.text);
    return true;
  });
}

const noMatches: readonly FieldMatch[] = [];

function inOrder(found: PlacedMatch[]): readonly FieldMatch[] {
  if (found.length === 0) return noMatches;
  return (found.length > 1 ? found.sort(byPlace) : found).map(({ match }) => match);
}

function matchPatterns(run: LinkRun, operator: PatternOperator): readonly FieldMatch[] {
  const found = hitMatches(run, operator.patterns);
  if (operator.computed.length > 0) {
    for (const [index, target] of run.link.targets.entries()) {
      if (target.kinds.length > 0 && target.mode === 'each') continue;
      for (const { key, value } of looseValues(run, target)) {
        if (isRemoved(run, target, key)) continue;
        for (const match of findInComputed({ operator, target, key, value }, run.state.exchange.plan)) {
          found.push({ target: index, match });
        }
      }
    }
  }
  return inOrder(found);
}

/** The values of a target that are not fields: its count, as text, or computed values. */
function looseValues(run: LinkRun, target: Target): readonly ComputedValue[] {
  if (target.mode === 'count') return [{ key: '', value: String(countTarget(run, target)) }];
  return computedValues(target, run.state);
}

function matchValues(run: LinkRun, operator: ValueOperator): readonly FieldMatch[] {
  const { link, state } = run;
  const { targets } = link;
  const test = operator.test ?? operator.bind(expandMacro(operator.argument, state));
  const found = hitMatches(run, operator.patterns);
  for (let index = 0; index < targets.length; index += 1) {
    const target = targets[index] as Target;
    if (target.kinds.length > 0 && target.mode === 'each' && operator.test !== undefined) continue;
    testTarget(run, { link, operator, target, test }, index, found);
  }
  return inOrder(found);
}

/** Tests the values of a target without hits. */
function testTarget(run: LinkRun, asked: AskedValue, index: number, found: PlacedMatch[]): void {
  const { target } = asked;
  if (target.mode === 'count') addMatch(found, index, testValue(asked, '', String(countTarget(run, target))));
  else if (target.kinds.length > 0) testKept(run, asked, index, found);
  else if (hasOneValue(target)) testOnlyValue(run, asked, index, found);
  else testComputed(run, asked, index, found);
}

function addMatch(found: PlacedMatch[], target: number, match: FieldMatch | undefined): void {
  if (match !== undefined) found.push({ target, match });
}

/** Most rules that run for every request test a single value, so only what is needed is allocated for it. */
function testOnlyValue(run: LinkRun, asked: AskedValue, index: number, found: PlacedMatch[]): void {
  const { target } = asked;
  const value = onlyValue(target, run.state);
  if (value === undefined) return;
  const key = keyOfOnly(target);
  if (!isRemoved(run, target, key)) addMatch(found, index, testValue(asked, key, value));
}

function testComputed(run: LinkRun, asked: AskedValue, index: number, found: PlacedMatch[]): void {
  for (const { key, value } of computedValues(asked.target, run.state)) {
    if (!isRemoved(run, asked.target, key)) addMatch(found, index, testValue(asked, key, value));
  }
}

/** Tests the kept values of a target, for an argument that was not known when the fields were scanned. */
function testKept(run: LinkRun, asked: AskedValue, index: number, found: PlacedMatch[]): void {
  const { target } = asked;
  for (const kind of target.kinds) {
    for (const field of run.state.fields.of(kind)) {
      if (!targetAccepts(target, field.key) || isRemoved(run, target, field.key)) continue;
      if (isOutdated(run, kind, field.key)) continue;
      run.state.work.spend(itemWork);
      addMatch(found, index, testField(asked, shownKey(target, field.name), field));
    }
  }
}

interface AskedValue {
  readonly link: Link;
  readonly operator: ValueOperator;
  readonly target: Target;
  readonly test: BoundTest;
}

/** Tests a kept value. For `t:length` alone its length is enough: such values are not kept, however long. */
function testField(asked: AskedValue, key: string, field: FieldRecord): FieldMatch | undefined {
  const { link, operator, target, test } = asked;
  if (!isLengthOnly(link.transformations) || link.multiMatch) return testValue(asked, key, field.text);
  const text = String(field.length);
  if (test(text) === operator.negated) return undefined;
  return new FieldMatch({ target, key, text, transformations: link.transformations });
}

function testValue(asked: AskedValue, key: string, value: string): FieldMatch | undefined {
  const { link, operator, target, test } = asked;
  const { transformations } = link;
  const text = link.multiMatch
    ? stepTexts(transformations, value).find((one) => test(one) !== operator.negated)
    : transformText(transformations, value);
  if (text === undefined || test(text) === operator.negated) return undefined;
  return new FieldMatch({ target, key, text, raw: value, transformations });
}

/** The results of each step of a chain, including the original value; equal ones once. */
function stepTexts(transformations: readonly number[], value: string): readonly string[] {
  const texts = [...transformations.keys()].map((last) => transformText(transformations.slice(0, last + 1), value));
  return [...new Set([value, ...texts])];
}

/** The number of values of a target. */
export function countTarget(run: LinkRun, target: Target): number {
  const { fields, removedTargets } = run.state;
  if (target.kinds.length === 0) return computedValues(target, run.state).length;
  let count = 0;
  for (const kind of target.kinds) {
    if (target.selector !== undefined) {
      count += countSelected(run, target, kind);
    } else if (removedTargets.length === 0 && target.exclusions.length === 0) {
      count += fields.count(kind);
    } else if (!isRemovedWhole(run, target)) {
      // To count all of them, only excluded ones need to be kept.
      count += fields.count(kind) - countUnseen(run, target, kind);
    }
  }
  return count;
}

function countSelected(run: LinkRun, target: Target, kind: FieldKind): number {
  let count = 0;
  for (const field of run.state.fields.of(kind))
    if (isLookedAt(run, target, field) && !isOutdated(run, kind, field.key)) count += 1;
  return count;
}

function countUnseen(run: LinkRun, target: Target, kind: FieldKind): number {
  let count = 0;
  for (const field of run.state.fields.of(kind)) if (!isLookedAt(run, target, field)) count += 1;
  return count;
}

function isLookedAt(run: LinkRun, target: Target, { key }: FieldRecord): boolean {
  return targetAccepts(target, key) && !isRemoved(run, target, key);
}

/** Whether a rule removed all values from the target at run time. */
function isRemovedWhole(run: LinkRun, target: Target): boolean {
  return run.state.removedTargets.some(
    (one) => one.target.selector === undefined && one.rules(run.rule) && filterRemoves(one.target, target, ''),
  );
}
