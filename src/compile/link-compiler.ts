// One rule or chain link → `Link`: its operator becomes patterns or tests, and the fields it looks at are registered for
// scanning. Knows nothing about phases and the effect of a match.

import { constants } from '../base/constants.ts';
import { WafError } from '../base/errors.ts';
import { detectorOf } from '../matching/detectors.ts';
import type { NumberSearch } from '../matching/number-search.ts';
import { type Macro, parseMacro } from '../plan/macro.ts';
import type { FieldTest, Link, LinkOperator, PatternId, Target } from '../plan/plan.ts';
import { compileTargets, indexTargets } from '../plan/targets.ts';
import type { BoundTest, OperatorBinding } from '../plan/value-operator.ts';
import type { Operator, Rule } from '../seclang/ast.ts';
import { emptyMacroReason } from './macro-variables.ts';
import type { PatternRegistry } from './pattern-registry.ts';
import { compilePattern, type ReadData, type Translate } from './pattern-source.ts';
import type { RetentionList } from './retention.ts';
import type { LinkActions } from './rule-actions.ts';
import { boundAtLoad, constantTest, lateBinding, negatedTest, operatorBinding, streamOf } from './value-tests.ts';

/** What links are compiled into, shared by all rules of a plan. */
export interface LinkContext {
  readonly registry: PatternRegistry;
  readonly retentions: RetentionList;
  readonly readData: ReadData;
  readonly translate: Translate;
  /** Native id of a transformation by SecLang name. */
  readonly transformationIds: ReadonlyMap<string, number>;
  /** Searches opened by rules; closed with the plan. */
  readonly numberSearches: NumberSearch[];
}

/** An operator before it knows its targets. */
type Tester =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'pattern';
      readonly operator: Operator;
      readonly native: readonly PatternId[];
      readonly phrases: readonly string[] | undefined;
    }
  | {
      readonly kind: 'value';
      readonly operator: Operator;
      readonly argument: Macro;
      readonly test: BoundTest | undefined;
      readonly bind: OperatorBinding;
    };

/** A parsed link, before any field is registered for it. */
export interface LinkDraft {
  readonly rule: Rule;
  readonly actions: LinkActions;
  readonly targets: readonly Target[];
  readonly transformations: readonly number[];
  readonly tester: Tester;
}

/**
 * Parses a link's targets, transformations and operator.
 * @param inherited transformations of SecDefaultAction, which apply unless the link has `t:none`.
 * @throws WafError `seclang.unsupported` or `seclang.syntax` with the reason.
 */
export function draftLink(
  rule: Rule,
  actions: LinkActions,
  context: LinkContext & { readonly inherited: readonly string[] },
): LinkDraft {
  const names = actions.hasNone ? actions.transformations : [...context.inherited, ...actions.transformations];
  if (names.length > constants.transformationsMax) {
    throw new WafError(
      'seclang.syntax',
      `the rule has ${names.length} transformations, limit ${constants.transformationsMax}`,
    );
  }
  const transformations = names.map((name) => {
    const id = context.transformationIds.get(name);
    if (id === undefined) throw new WafError('seclang.unsupported', `transformation ${name}`);
    return id;
  });
  const targets = compileTargets(rule.variables);
  const tester = compileTester(rule.operator, listsOf(transformations, actions.multiMatch), context);
  checkMacros(actions, tester);
  checkTargets(targets, tester);
  return { rule, actions, targets, transformations, tester };
}

/** @throws WafError `seclang.unsupported` for a macro that decides something but can have no value. */
function checkMacros(actions: LinkActions, tester: Tester): void {
  const macros: Macro[] = tester.kind === 'value' ? [tester.argument] : [];
  if (actions.redirect !== undefined) macros.push(actions.redirect);
  for (const effect of actions.effects) {
    if ('name' in effect && typeof effect.name !== 'string') macros.push(effect.name);
    if ('value' in effect && typeof effect.value !== 'string') macros.push(effect.value);
    if (effect.kind === 'initcol') macros.push(effect.key);
    if (effect.kind === 'expirevar') macros.push(effect.after);
  }
  const reason = macros.map(emptyMacroReason).find((one) => one !== undefined);
  if (reason !== undefined) throw new WafError('seclang.unsupported', `macro ${reason}`);
}

function checkTargets(targets: readonly Target[], tester: Tester): void {
  if (tester.kind === 'none') return;
  if (targets.length === 0) throw new WafError('seclang.syntax', 'every target is excluded');
}

/** Chains whose results are tested: with `multiMatch` every prefix, starting with the empty one. */
export function listsOf(transformations: readonly number[], multiMatch: boolean): readonly (readonly number[])[] {
  if (!multiMatch) return [transformations];
  return [...transformations.keys(), transformations.length].map((length) => transformations.slice(0, length));
}

function compileTester(
  operator: Operator | undefined,
  steps: readonly (readonly number[])[],
  context: LinkContext,
): Tester {
  if (operator === undefined) return { kind: 'none' };
  const argument = parseMacro(operator.argument);
  const compiled =
    argument.constant === undefined ? undefined : compilePattern(operator, context.readData, context.translate);
  if (compiled !== undefined) {
    const native = steps.map((step) => context.registry.addPattern(operator.name, compiled, step));
    return { kind: 'pattern', operator, native, phrases: compiled.phrases };
  }
  const binding = {
    numberSearches: context.numberSearches,
    readLines: (name: string) => context.readData(operator.location, name),
  };
  const bind = operatorBinding(operator.name, binding);
  const isLate = argument.constant === undefined;
  if (bind === undefined || (isLate && boundAtLoad.has(operator.name))) {
    const why = isLate ? ' with a macro in its argument' : '';
    throw new WafError('seclang.unsupported', `operator @${operator.name}${why}`);
  }
  if (argument.constant === undefined) {
    return { kind: 'value', operator, argument, test: undefined, bind: lateBinding(operator.name, binding) };
  }
  return { kind: 'value', operator, argument, test: constantTest(operator.name, argument.constant, binding), bind };
}

/** Registers a pattern operator for the fields of its targets. */
function bindPattern(
  tester: Tester & { kind: 'pattern' },
  targets: readonly Target[],
  { registry, retentions }: LinkContext,
): LinkOperator {
  const { operator, native, phrases } = tester;
  const { name, negated, argument } = operator;
  const patterns = negated ? native.map((id) => registry.addAbsence(id)) : native;
  const onComputed = targets.some((target) => target.mode === 'count' || target.kinds.length === 0);
  for (const target of targets) {
    if (target.mode === 'count') retentions.keepCounted(target);
    else for (const pattern of patterns) registry.want(target, pattern);
  }
  const computed = onComputed ? native.map((id) => registry.wantComputed(id)) : [];
  return { kind: 'pattern', name, negated, argument, patterns, native, computed, phrases };
}

/** Transformations that change a value only at an escape, a NUL or a byte above 127. */
const decoders = ['urlDecodeUni', 'utf8toUnicode', 'htmlEntityDecode', 'jsDecode', 'cssDecode', 'removeNulls'];

function testTraits(
  operator: Operator,
  transformations: readonly number[],
  ids: ReadonlyMap<string, number>,
): Pick<FieldTest, 'transformations' | 'detector' | 'decodesOnly'> {
  const decodesOnly = transformations.every((id) => decoders.some((name) => ids.get(name) === id));
  const detector = operator.negated ? undefined : detectorOf(operator.name);
  return { transformations, decodesOnly, ...(detector && { detector }) };
}

/** Registers a value operator: fields are tested while they are scanned, or kept if the argument is not known yet. */
function bindValue(
  tester: Tester & { kind: 'value' },
  draft: LinkDraft,
  { registry, retentions, transformationIds }: LinkContext,
): LinkOperator {
  const { operator, argument, test, bind } = tester;
  const { name, negated } = operator;
  const isLengthOnly =
    !draft.actions.multiMatch && draft.transformations.join() === String(transformationIds.get('length'));
  const patterns = new Set<PatternId>();
  for (const target of draft.targets) {
    if (target.mode === 'count') retentions.keepCounted(target);
    else if (test === undefined) retentions.keepTarget(target, !isLengthOnly);
    else if (target.kinds.length > 0) {
      const onField = negated ? negatedTest(test) : test;
      const openStream = streamOf(test, negated);
      for (const step of listsOf(draft.transformations, draft.actions.multiMatch)) {
        const key = `${negated ? '!' : ''}@${name} ${operator.argument}`;
        const traits = testTraits(operator, step, transformationIds);
        const pattern = registry.addTest(key, onField, {
          ...traits,
          openStream: step.length === 0 ? openStream : undefined,
        });
        registry.want(target, pattern);
        patterns.add(pattern);
      }
    }
  }
  return { kind: 'value', name, negated, argument, test, bind, patterns: [...patterns] };
}

/**
 * Creates the link and registers what it needs scanned and kept. Call it only after every link of the rule was parsed, because a
 * rule is compiled completely or not at all.
 */
export function compileLink(draft: LinkDraft, context: LinkContext): Link {
  const { rule, actions, targets, transformations, tester } = draft;
  const operator =
    tester.kind === 'none'
      ? tester
      : tester.kind === 'pattern'
        ? bindPattern(tester, targets, context)
        : bindValue(tester, draft, context);
  for (const effect of actions.effects) {
    if ('value' in effect && typeof effect.value !== 'string') context.retentions.keepMacro(effect.value);
    if ('name' in effect && typeof effect.name !== 'string') context.retentions.keepMacro(effect.name);
    if (effect.kind === 'initcol') context.retentions.keepMacro(effect.key);
    if (effect.kind === 'expirevar') context.retentions.keepMacro(effect.after);
    if (effect.kind === 'targetRemove') context.retentions.keepRemoved(effect.target);
  }
  for (const macro of [actions.message, actions.logData, actions.redirect]) {
    if (macro !== undefined) context.retentions.keepMacro(macro);
  }
  if (operator.kind === 'value') context.retentions.keepMacro(operator.argument);
  if (targets.some(({ variable }) => variable === 'FILES_SIZES')) context.retentions.keepFileSizes();
  return {
    targets,
    targetsByKind: indexTargets(targets),
    hasComputedTargets: targets.some((target) => isComputed(target, operator)),
    operator,
    transformations,
    multiMatch: actions.multiMatch,
    capture: actions.capture,
    effects: actions.effects,
    location: rule.location,
  };
}

/** Whether a target has values without hits, which must be tested each time the rule runs. */
function isComputed(target: Target, operator: LinkOperator): boolean {
  if (target.mode === 'count' || target.kinds.length === 0) return true;
  return operator.kind === 'value' && operator.test === undefined;
}
