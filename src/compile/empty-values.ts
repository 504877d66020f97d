// Finds values that rules use but that never exist: facts of a later phase, TX variables that no rule sets, collections that no
// rule opens. Works on drafts; only reports what is seldom intended.

import type { Macro, MacroReference } from '../plan/macro.ts';
import type { Effect, Target } from '../plan/plan.ts';
import type { LinkDraft } from './link-compiler.ts';
import { PrefixSet } from './prefix-set.ts';
import { persistentNames } from './rule-actions.ts';

/** The parts of a rule that are checked. */
export interface CheckedRule {
  readonly phase: number;
  readonly links: readonly LinkDraft[];
}

/** Switches that only a user sets: the CRS reads this one without setting a default (rule 901320). */
const userSwitches: ReadonlySet<string> = new Set(['enable_default_collections']);

/** Names of TX that some rule writes, and collections that some rule opens. */
export class WrittenNames {
  readonly #names = new Set<string>();
  readonly #prefixes = new PrefixSet();
  readonly #opened = new Set<string>();
  readonly #askedFor = new Set<string>();

  constructor(rules: readonly CheckedRule[]) {
    for (const { variable, mode, selector } of rules.flatMap(({ links }) => links.flatMap(({ targets }) => targets))) {
      if (mode === 'count' && variable === 'TX' && selector?.name !== undefined) this.#askedFor.add(selector.name);
    }
    for (const effect of rules.flatMap(({ links }) => links.flatMap(({ actions }) => actions.effects))) {
      if (effect.kind === 'initcol') this.#opened.add(effect.collection);
      if (effect.kind !== 'setvar' || effect.collection !== 'TX') continue;
      const [first] = effect.name.parts;
      if (effect.name.constant !== undefined) this.#names.add(effect.name.constant);
      else this.#prefixes.add(typeof first === 'string' ? first : '');
    }
  }

  /** Whether a variable of TX, in lower case, can have a value. */
  has(name: string): boolean {
    if (/^\d$/.test(name) || userSwitches.has(name)) return true;
    return this.#names.has(name) || this.#prefixes.covers(name);
  }

  /** Whether a rule checks if a variable of TX exists (`&TX:max_num_args`); then its author knows that it can be unset. */
  isAskedFor(name: string): boolean {
    return this.#askedFor.has(name);
  }

  /** Whether a rule opens a collection, e.g. `IP`. True for other variables. */
  isOpened(collection: string): boolean {
    return !persistentNames.has(collection) || this.#opened.has(collection);
  }
}

/** Facts about responses and bodies, with the first phase in which they are known. */
const factPhases: readonly (readonly [RegExp, number])[] = [
  [
    /^(?:REQBODY(?:_PROCESSOR)?_ERROR(?:_MSG)?|REQUEST_BODY_LENGTH|FILES_(?:SIZES|COMBINED_SIZE)|MULTIPART_\w+|BODY_\w+)$/,
    2,
  ],
  [/^(?:RESPONSE_(?:STATUS|PROTOCOL|CONTENT_TYPE|CONTENT_LENGTH)|STATUS_LINE)$/, 3],
  [/^(?:RESPONSE_BODY_LENGTH|RES_BODY_\w+)$/, 4],
];

/** The first phase in which a computed variable is known; 1 for most. */
function factPhase(variable: string): number {
  return factPhases.find(([names]) => names.test(variable))?.[1] ?? 1;
}

/** What a rule uses but never gets, one sentence each. */
export function emptyValueReasons(rule: CheckedRule, written: WrittenNames): readonly string[] {
  const reasons = rule.links.flatMap((link) => [
    ...targetReasons(link, rule.phase, written),
    ...textsOf(link).flatMap(({ what, text }) => macroReasons(what, text, rule.phase, written)),
    ...link.actions.effects.flatMap((effect) => effectReasons(effect, written)),
  ]);
  return [...new Set(reasons)];
}

/** Reasons if no target of a link can have a value. */
function targetReasons({ targets }: LinkDraft, phase: number, written: WrittenNames): readonly string[] {
  const reasons = targets.map((target) => targetReason(target, phase, written));
  const first = reasons.find((reason) => reason !== undefined);
  return first === undefined || reasons.includes(undefined) ? [] : [`it decides nothing: ${first}`];
}

function targetReason({ variable, kinds }: Target, phase: number, written: WrittenNames): string | undefined {
  if (!written.isOpened(variable)) return `${variable} is opened by no rule (initcol)`;
  const first = kinds.length > 0 ? 1 : factPhase(variable);
  return first > phase ? `${variable} is not known before phase ${first}` : undefined;
}

/** Texts of a link, with their use. */
function textsOf({ tester, actions }: LinkDraft): readonly { readonly what: string; readonly text: Macro }[] {
  const texts = actions.effects.flatMap((effect) => effectTexts(effect));
  if (actions.redirect !== undefined) texts.push({ what: 'redirect', text: actions.redirect });
  if (tester.kind === 'value') texts.push({ what: `@${tester.operator.name}`, text: tester.argument });
  texts.push({ what: 'msg', text: actions.message }, { what: 'logdata', text: actions.logData });
  return texts;
}

function effectTexts(effect: Effect): { what: string; text: Macro }[] {
  switch (effect.kind) {
    case 'setvar':
      return [effect.name, effect.value].map((text) => ({ what: 'setvar', text }));
    case 'setenv':
      return [{ what: 'setenv', text: effect.value }];
    case 'initcol':
      return [{ what: 'initcol', text: effect.key }];
    case 'expirevar':
      return [effect.name, effect.after].map((text) => ({ what: 'expirevar', text }));
    default:
      return [];
  }
}

function macroReasons(what: string, { parts }: Macro, phase: number, written: WrittenNames): readonly string[] {
  return parts.flatMap((part) => {
    const reason = typeof part === 'string' ? literalReason(what, part) : referenceReason(part, phase, written);
    return reason === undefined ? [] : [`${what}: ${reason}`];
  });
}

/**
 * Text that looks like a macro but is not: `%{TX.a`, `%{matched-var}`. Operators may look for any text, such as attacks with
 * `%{`.
 */
function literalReason(what: string, text: string): string | undefined {
  const from = what.startsWith('@') ? -1 : text.indexOf('%{');
  if (from < 0) return undefined;
  const to = text.indexOf('}', from);
  return `"${text.slice(from, to < 0 ? from + 40 : to + 1)}" is not a macro and stays as it is written`;
}

/** Keys of RULE that have values. */
const ruleKeys: ReadonlySet<string> = new Set(['id', 'severity', 'msg']);

function referenceReason({ variable, key }: MacroReference, phase: number, written: WrittenNames): string | undefined {
  if (!written.isOpened(variable)) return `${variable} is opened by no rule (initcol)`;
  const first = factPhase(variable);
  if (first > phase) return `${variable} is not known before phase ${first}`;
  if (key === undefined) {
    const needsKey = ['TX', 'RULE', 'ENV'].includes(variable) || persistentNames.has(variable);
    return needsKey ? `%{${variable}} is empty: say which, %{${variable}.NAME}` : undefined;
  }
  if (variable === 'RULE' && !ruleKeys.has(key)) return `%{rule.${key}} is empty: there is ${[...ruleKeys].join(', ')}`;
  const isUnset = variable === 'TX' && !written.has(key) && !written.isAskedFor(key);
  return isUnset ? `TX:${key} is set by no rule, so %{tx.${key}} is empty` : undefined;
}

function effectReasons(effect: Effect, written: WrittenNames): readonly string[] {
  if (effect.kind !== 'setvar' && effect.kind !== 'expirevar' && effect.kind !== 'deprecatevar') return [];
  const { kind, collection } = effect;
  return written.isOpened(collection) ? [] : [`${kind} changes nothing: ${collection} is opened by no rule (initcol)`];
}
