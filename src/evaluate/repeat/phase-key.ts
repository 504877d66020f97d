// A key of everything that a phase may depend on: what its rules read, and their hits. Exchanges with equal keys have the same
// result. Runs nothing and changes nothing.

import type { FieldRecord } from '../../inspect/field-record.ts';
import { fieldKind, isRecurringHeader } from '../../plan/field-kind.ts';
import type { Link, PatternPlan, PhasePlan, RuleFilter, Target, ValueOperator } from '../../plan/plan.ts';
import type { BoundTest } from '../../plan/value-operator.ts';
import { locateGroups } from '../captures.ts';
import { FieldMatch } from '../field-match.ts';
import { countTarget } from '../link-evaluator.ts';
import type { RuleState, TargetRemoval } from '../rule-state.ts';
import { onlyValue } from '../variables.ts';
import { namedKinds, type PhaseReads, type TargetRead } from './phase-reads.ts';

/** Longer values are not compared; exchanges with them are not repeated. */
const valueBytesMax = 128;
/** Values whose captured groups are located for one key; an exchange with more is not repeated. */
const locatedMax = 4;

const requestHeaders = fieldKind('REQUEST_HEADERS');

/** Whether the text of a field is in the key: names, and values that a client sends every time. */
export function isTextInKey({ kind, key }: Pick<FieldRecord, 'kind' | 'key'>): boolean {
  if (kind === requestHeaders) return isRecurringHeader(key) && key !== 'content-length';
  return namedKinds.has(kind);
}

/** Whether what a rule captures of a field is in the key although its text may not be: a path has countless names but few endings. */
export function areGroupsInKey(field: Pick<FieldRecord, 'isWhole' | 'length'>): boolean {
  return field.isWhole && field.length <= valueBytesMax;
}

/** Numbers for removals, which are parts of a plan: in order of first appearance. */
class RemovalNumbers {
  readonly #numbers = new WeakMap<TargetRemoval | RuleFilter, number>();
  #count = 0;

  of(removal: TargetRemoval | RuleFilter): number {
    const known = this.#numbers.get(removal);
    if (known !== undefined) return known;
    this.#count += 1;
    this.#numbers.set(removal, this.#count);
    return this.#count;
  }
}

const numbers = new RemovalNumbers();

/** Values in an order fixed by a phase and its candidates: exchanges with the same values have the same result of the phase. */
export type PhaseKey = readonly KeyPart[];
type KeyPart = string | number | boolean | undefined;

/** A key that is built repeatedly in the same memory. */
export class KeyDraft {
  readonly #parts: KeyPart[] = [];
  #length = 0;

  begin(): void {
    this.#length = 0;
  }

  push(part: KeyPart): void {
    this.#parts[this.#length] = part;
    this.#length += 1;
  }

  /** Whether it equals a key. */
  is(key: PhaseKey): boolean {
    if (key.length !== this.#length) return false;
    for (let index = 0; index < key.length; index += 1) if (key[index] !== this.#parts[index]) return false;
    return true;
  }

  /** A copy to keep. */
  copy(): PhaseKey {
    return this.#parts.slice(0, this.#length);
  }
}

/** Builds the part of an exchange's key that describes TX. False: TX has something that no key can contain. */
export function makeTxKey(key: KeyDraft, reads: PhaseReads, { tx }: RuleState): boolean {
  key.begin();
  key.push(tx.isUnchanged);
  for (const name of reads.txNames) {
    const value = tx.value(name);
    if (isLong(value)) return false;
    key.push(value);
  }
  for (const filter of reads.txFilters) if (tx.hasOneOf(filter)) return false;
  return true;
}

/** Builds the rest of the key. False: the exchange has something that no key can contain. */
export function makeKey(key: KeyDraft, phase: PhasePlan, reads: PhaseReads, state: RuleState): boolean {
  const { fields } = state;
  key.begin();
  key.push(state.engine);
  key.push(state.detected !== undefined);
  key.push(state.exchange.hasRequestBody);
  key.push(state.exchange.hasDecodedResponse);
  key.push(state.highestSeverity);
  // Lists of any length are preceded by their length, so that keys are unambiguous.
  key.push(state.removedRules.length);
  key.push(state.removedTargets.length);
  for (const removal of state.removedRules) key.push(numbers.of(removal));
  for (const removal of state.removedTargets) key.push(numbers.of(removal));
  if (!addHits(phase, reads, state, key)) return false;
  for (const read of reads.counts) {
    const { rule, link, target } = read;
    key.push(testedPart(read, String(countTarget({ rule, link, state }, target)), state));
  }
  for (const kind of reads.kinds) {
    const found = fields.of(kind);
    key.push(found.length);
    for (const field of found) {
      if (field.length > valueBytesMax) return false;
      key.push(field.text);
    }
  }
  for (const read of reads.singles) {
    const value = onlyValue(read.target, state);
    if (isLong(value)) return false;
    key.push(value === undefined ? value : testedPart(read, value, state));
  }
  return true;
}

function isLong(value: string | number | undefined): boolean {
  return typeof value === 'string' && value.length > valueBytesMax;
}

/** Which patterns of the phase were found, and in which fields. False: the key cannot contain it. */
function addHits(
  { phase }: PhasePlan,
  { captures }: PhaseReads,
  { hits, exchange }: RuleState,
  key: KeyDraft,
): boolean {
  let locatedCount = 0;
  const areAdded = hits.everyListed(({ pattern, field }) => {
    const plan = exchange.plan.patterns[pattern] as PatternPlan;
    if ((plan.phases & (1 << phase)) === 0) return true;
    const hasText = isTextInKey(field);
    if (field.key.length > valueBytesMax || (hasText && (!field.isWhole || field.length > valueBytesMax))) return false;
    key.push(pattern);
    key.push(field.kind);
    key.push(field.isReading);
    key.push(field.key);
    key.push(hasText ? field.text : undefined);
    const target = hasText ? undefined : captures.get(pattern);
    if (target === undefined || !areGroupsInKey(field)) return true;
    locatedCount += 1;
    if (locatedCount > locatedMax) return false;
    addGroups(plan, target, field, key);
    return true;
  });
  if (areAdded) key.push(-1);
  return areAdded;
}

/** Adds the groups of a match, and the length of its value, which is the work that locating them counts as. */
function addGroups(plan: PatternPlan, target: Target, field: FieldRecord, key: KeyDraft): void {
  const match = new FieldMatch({ target, key: field.name, field, transformations: plan.transformations });
  const groups = locateGroups(plan, match);
  key.push(field.length);
  key.push(groups.length);
  for (const text of groups) key.push(text);
}

/**
 * What matters of a value for its rule: addresses and lengths differ in each exchange, but usually only the result of a test
 * matters.
 */
function testedPart({ link }: TargetRead, value: string, state: RuleState): KeyPart {
  return isTextOf(link) ? value : testOf(link.operator as ValueOperator, state)(value);
}

/** Whether the values of a link, other than fields, are in the key themselves, not only the result of their test. */
export function isTextOf({ operator, transformations, multiMatch }: Link): boolean {
  if (operator.kind !== 'value' || transformations.length > 0 || multiMatch) return true;
  return operator.test === undefined && operator.argument.parts.length !== 1;
}

/** The test of an operator whose argument is constant, or a single name of TX, which is in the key. */
function testOf({ test, argument, bind }: ValueOperator, { tx }: RuleState): BoundTest {
  const [only] = argument.parts;
  return test ?? bind(typeof only === 'object' ? (tx.get(only.key ?? '') ?? '') : (only ?? ''));
}
