// Removals and updates of rules that are not there: a misspelt id or tag switches nothing off, and nobody is told by what
// happens. Works on syntax trees; changes nothing.

import type { RuleFilter, RuleIdentity } from '../plan/plan.ts';
import { parseTargetFilter } from '../plan/targets.ts';
import type { Action, Directive, Location, Rule, Statement } from '../seclang/ast.ts';
import { PlacedText } from '../seclang/lexer.ts';
import { parseVariables } from '../seclang/variables.ts';
import { rulesById, rulesByMessage, rulesByTag } from './rule-control.ts';
import { identityOf } from './updates.ts';

/** A removal or update that changes nothing. */
export interface Unmatched {
  readonly location: Location;
  /** The rule whose `ctl` it is; absent for directives. */
  readonly ruleId: number | undefined;
  readonly reason: string;
}

/** What a directive or a `ctl` names. */
interface Reference {
  readonly location: Location;
  readonly ruleId: number | undefined;
  /** As written: `SecRuleRemoveById`, `ctl:ruleRemoveByTag`. */
  readonly by: string;
  /** Each of the rules it names, by itself: `1`, `5-9`, a tag. */
  readonly parts: readonly string[];
  /** Link of the chain that is updated, 0 the first. */
  readonly link: number;
  /** Variables of which it takes values off the rules; empty when it does something else. */
  readonly taken: readonly string[];
  /** Variables that it adds to the rules. */
  readonly added: readonly string[];
}

const filterOf = (by: string): ((text: string) => RuleFilter) => {
  if (/ById$/.test(by)) return rulesById;
  return /ByTag$/.test(by) ? rulesByTag : rulesByMessage;
};

/** Everything in these statements that removes or updates rules, and in which no rule of theirs is meant; in file order. */
export function unmatchedReferences(statements: readonly Statement[]): readonly Unmatched[] {
  const index = new RuleIndex(statements);
  return statements.flatMap(referencesIn).flatMap((one) => index.complaints(one));
}

/** The rules that there are. Each selection is looked up once, however often it is written. */
class RuleIndex {
  readonly #rules: readonly { readonly rule: Rule; readonly identity: RuleIdentity }[];
  readonly #byId: ReadonlyMap<string, Rule>;
  readonly #selected = new Map<string, readonly Rule[]>();
  /** Variables that updates add to rules: to them, others may leave something out. */
  readonly #added: ReadonlySet<string>;

  constructor(statements: readonly Statement[]) {
    this.#rules = statements.filter(isRule).map((rule) => ({ rule, identity: identityOf(rule) }));
    this.#byId = new Map(this.#rules.map(({ rule, identity }) => [String(identity.id), rule]));
    this.#added = new Set(statements.flatMap(referencesIn).flatMap(({ added }) => added));
  }

  complaints(reference: Reference): readonly Unmatched[] {
    const { location, ruleId, by, parts, link, taken } = reference;
    const say = (reason: string): Unmatched => ({ location, ruleId, reason: `${by}: ${reason}` });
    const selections = parts.map((part) => ({ part, rules: this.#select(by, part) }));
    const missing = selections.filter(({ rules }) => rules.length === 0).map(({ part }) => `"${part}"`);
    if (missing.length > 0) return [say(`no rule is meant by ${missing.join(', ')}`)];
    const rules = selections.flatMap((one) => one.rules);
    if (!rules.some((rule) => rule.links.length >= link)) return [say(`the chain has no link ${link}`)];
    const absent = taken.filter((name) => !this.#added.has(name) && !rules.some((rule) => hasTarget(rule, name)));
    return absent.length === 0 ? [] : [say(`nothing is taken off: no such rule looks at ${absent.join(', ')}`)];
  }

  #select(by: string, part: string): readonly Rule[] {
    const single = by.endsWith('ById') ? this.#byId.get(part) : undefined;
    if (single !== undefined) return [single];
    const key = `${/By\w+$/.exec(by)?.[0]} ${part}`;
    let rules = this.#selected.get(key);
    if (rules === undefined) {
      const selects = filterOf(by)(part);
      rules = this.#rules.filter(({ identity }) => selects(identity)).map(({ rule }) => rule);
      this.#selected.set(key, rules);
    }
    return rules;
  }
}

const isRule = (statement: Statement): statement is Rule => statement.kind === 'rule' || statement.kind === 'action';

function hasTarget(rule: Rule, name: string): boolean {
  return [rule, ...rule.links].some((link) =>
    link.variables.some((variable) => variable.name === name && variable.mode !== 'exclude'),
  );
}

function referencesIn(statement: Statement): readonly Reference[] {
  if (isRule(statement)) return controlReferences(statement);
  if (statement.kind !== 'directive' || !/^SecRule(?:Remove|Update)/.test(statement.name)) return [];
  return readable(() => [directiveReference(statement)]);
}

/** Text that cannot be read is reported where it is compiled. */
function readable(read: () => readonly Reference[]): readonly Reference[] {
  try {
    const references = read();
    for (const { by, parts } of references) parts.forEach(filterOf(by));
    return references;
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
