// Removals and updates of rules that do not exist: a misspelt id or tag disables nothing, and the user would not notice. Works on
// syntax trees; changes nothing.

import { asWafError } from '../base/errors.ts';
import { mapPaced, type Pace } from '../base/pace.ts';
import type { Steps } from '../base/turn.ts';
import { parseTargetFilter } from '../plan/targets.ts';
import type { Action, Directive, Location, Rule, Statement } from '../seclang/ast.ts';
import { PlacedText } from '../seclang/lexer.ts';
import { parseVariables } from '../seclang/variables.ts';
import { isRule, type RuleCatalog } from './rule-catalog.ts';
import { isUpdate, selectedBy } from './updates.ts';

/** A removal or update without effect. */
export interface Unmatched {
  readonly location: Location;
  /** The rule with the `ctl`; absent for directives. */
  readonly ruleId: number | undefined;
  readonly reason: string;
}

/** What a directive or `ctl` refers to. */
interface Reference {
  readonly location: Location;
  readonly ruleId: number | undefined;
  /** As written: `SecRuleRemoveById`, `ctl:ruleRemoveByTag`. */
  readonly by: string;
  /** Each selection separately: `1`, `5-9`, a tag. */
  readonly parts: readonly string[];
  /** The link of the chain that is updated, 0 the first. */
  readonly link: number;
  /** Variables whose values it removes from the rules; empty if it does something else. */
  readonly taken: readonly string[];
  /** Variables that it adds to the rules. */
  readonly added: readonly string[];
}

/**
 * All removals and updates in these statements that select no rule, in file order. After the catalog's limit of steps nothing is
 * checked, which is reported.
 */
export function* unmatchedReferences(
  statements: readonly Statement[],
  catalog: RuleCatalog,
  pace: Pace,
): Steps<readonly Unmatched[]> {
  const references = (yield* mapPaced(pace, statements, referencesIn, (found) => 1 + found.length)).flat();
  const index = new ReferenceIndex(catalog, new Set(references.flatMap(({ added }) => added)));
  const unmatched: Unmatched[] = [];
  for (const reference of references) {
    try {
      unmatched.push(...(yield* index.complaints(reference)));
    } catch (thrown) {
      if (catalog.isSpent) {
        const reason = `${reference.by}: from here on it is not checked whether a rule is selected: ${asWafError(thrown).message}`;
        return [...unmatched, { location: reference.location, ruleId: reference.ruleId, reason }];
      }
      // Text that cannot be parsed is reported where it is compiled.
    }
  }
  return unmatched;
}

/** Decides whether references have an effect. */
class ReferenceIndex {
  readonly #catalog: RuleCatalog;
  /** Variables that updates add to rules, from which other updates can exclude something. */
  readonly #added: ReadonlySet<string>;
  readonly #targetsOf = new WeakMap<Rule, ReadonlySet<string>>();

  constructor(catalog: RuleCatalog, added: ReadonlySet<string>) {
    this.#catalog = catalog;
    this.#added = added;
  }

  *complaints({ location, ruleId, by, parts, link, taken }: Reference): Steps<readonly Unmatched[]> {
    const say = (reason: string): Unmatched => ({ location, ruleId, reason: `${by}: ${reason}` });
    const selections: (readonly number[])[] = [];
    for (const part of parts) selections.push(yield* this.#catalog.select(selectedBy(by), part));
    const missing = parts.filter((_, index) => selections[index]?.length === 0).map((part) => `"${part}"`);
    if (missing.length > 0) return [say(`no rule is selected by ${missing.join(', ')}`)];
    if (!(yield* this.#some(selections, (rule) => rule.links.length >= link))) {
      return [say(`the chain has no link ${link}`)];
    }
    const absent: string[] = [];
    for (const name of taken) {
      const isThere = this.#added.has(name) || (yield* this.#some(selections, (rule) => this.#hasTarget(rule, name)));
      if (!isThere) absent.push(name);
    }
    return absent.length === 0 ? [] : [say(`nothing is removed: no such rule looks at ${absent.join(', ')}`)];
  }

  /** Whether something holds for one of the rules at these positions. */
  *#some(selections: readonly (readonly number[])[], holds: (rule: Rule) => boolean): Steps<boolean> {
    for (const places of selections) {
      for (const place of places) {
        if (holds(this.#catalog.rules[place] as Rule)) return true;
        if (this.#catalog.isDue()) yield;
      }
    }
    return false;
  }

  #hasTarget(rule: Rule, name: string): boolean {
    let names = this.#targetsOf.get(rule);
    if (names === undefined) {
      const variables = [rule, ...rule.links].flatMap((link) => link.variables);
      names = new Set(variables.filter(({ mode }) => mode !== 'exclude').map((variable) => variable.name));
      this.#targetsOf.set(rule, names);
    }
    return names.has(name);
  }
}

function referencesIn(statement: Statement): readonly Reference[] {
  if (isRule(statement)) return controlReferences(statement);
  return isUpdate(statement) ? readable(() => [directiveReference(statement)]) : [];
}

/** Text that cannot be parsed is reported where it is compiled. */
function readable(read: () => readonly Reference[]): readonly Reference[] {
  try {
    return read();
  } catch {
    return [];
  }
}

function directiveReference({ name, arguments: words, location }: Directive): Reference {
  const own = { location, ruleId: undefined, by: name, link: 0, taken: [], added: [] };
  if (name.startsWith('SecRuleRemove')) {
    return { ...own, parts: name.endsWith('ById') ? idsOf(words.join(' ')) : words };
  }
  const [, rules = '', link = '0'] = /^(.*?)(?::(\d+))?$/.exec(words[0] ?? '') ?? [];
  const isById = name.endsWith('ById');
  const variables = name.includes('Target') ? parseVariables(new PlacedText(words[1] ?? '', location)) : [];
  return {
    ...own,
    parts: isById ? idsOf(rules) : [words[0] ?? ''],
    link: isById ? Number(link) : 0,
    taken: variables.filter(({ mode }) => mode === 'exclude').map((variable) => variable.name),
    added: variables.filter(({ mode }) => mode !== 'exclude').map((variable) => variable.name),
  };
}

function controlReferences(rule: Rule): readonly Reference[] {
  const [id] = rule.actions.filter(({ name }) => name === 'id').map(({ value }) => Number(value));
  const controls = [rule, ...rule.links].flatMap((link) => link.actions.filter(({ name }) => name === 'ctl'));
  return controls.flatMap((action) => readable(() => controlReference(action, id)));
}

function controlReference({ value = '', location }: Action, ruleId: number | undefined): readonly Reference[] {
  const [, option = '', text = ''] = /^(\w+)=(.*)$/s.exec(value) ?? [];
  if (!option.startsWith('ruleRemove')) return [];
  const [, rules = text, target] = option.startsWith('ruleRemoveTarget') ? (/^(.*?);(.*)$/s.exec(text) ?? []) : [];
  return [
    {
      location,
      ruleId,
      by: `ctl:${option}`,
      parts: option.endsWith('ById') ? idsOf(rules) : [rules],
      link: 0,
      taken: target === undefined ? [] : [parseTargetFilter(target).variable],
      added: [],
    },
  ];
}

const idsOf = (text: string): readonly string[] => text.split(/[\s,]+/).filter((part) => part !== '');
