// SecRuleRemove* and SecRuleUpdate* at load: which rules go, and what changes in the ones that stay. Works on syntax
// trees, so that an updated rule compiles like one that was written that way.

import { WafError } from '../base/errors.ts';
import type { RuleFilter, RuleIdentity } from '../plan/plan.ts';
import { parseActions } from '../seclang/actions.ts';
import type { Action, Directive, Rule, Variable } from '../seclang/ast.ts';
import { PlacedText } from '../seclang/lexer.ts';
import { parseVariables } from '../seclang/variables.ts';
import { rulesById, rulesByMessage, rulesByTag } from './rule-control.ts';

type Change = (rule: Rule) => Rule;

/** What a directive does to the rules it selects: `undefined` removes them. */
interface Update {
  readonly selects: RuleFilter;
  readonly change: Change | undefined;
}

const actionValues = (rule: Rule, name: string): readonly string[] =>
  rule.actions.filter((action) => action.name === name).map((action) => action.value ?? '');

/** What removals and updates select a rule by; tags of chain links count. */
export function identityOf(rule: Rule): RuleIdentity {
  return {
    id: Number(actionValues(rule, 'id')[0] ?? 0),
    tags: [rule, ...rule.links].flatMap((link) => actionValues(link, 'tag')),
    messageText: actionValues(rule, 'msg')[0] ?? '',
  };
}

/** Applies a change to the link with this index; 0 is the rule that starts the chain. */
function changeLink(index: number, change: Change): Change {
  if (index === 0) return (rule) => ({ ...change({ ...rule, links: [] }), links: rule.links });
  return (rule) => ({ ...rule, links: rule.links.map((link, at) => (at === index - 1 ? change(link) : link)) });
}

function updateTargets(directive: Directive): Change {
  const [, text = '', replaced] = directive.arguments;
  const added = parseVariables(new PlacedText(text, directive.location));
  if (replaced === undefined) return (rule) => ({ ...rule, variables: [...rule.variables, ...added] });
  const removed = parseVariables(new PlacedText(replaced, directive.location));
  const isRemoved = (variable: Variable): boolean =>
    removed.some(
      (one) =>
        one.name === variable.name && JSON.stringify(one.selector ?? '') === JSON.stringify(variable.selector ?? ''),
    );
  return (rule) => ({
    ...rule,
    variables: [...rule.variables.filter((variable) => !isRemoved(variable)), ...added],
  });
}

const disruptions: ReadonlySet<string> = new Set(['allow', 'block', 'deny', 'drop', 'pass', 'redirect']);
/** Actions of which a rule has many; a new one does not replace an old one. */
const accumulating: ReadonlySet<string> = new Set(['tag', 'setvar', 'ctl', 'setenv', 'initcol']);
const never: ReadonlySet<string> = new Set(['id', 'phase', 'chain']);

/** New actions replace those of the same name; a disruption replaces a disruption, transformations all transformations. */
function updateActions(directive: Directive): Change {
  const added = parseActions(new PlacedText(directive.arguments[1] ?? '', directive.location));
  const refused = added.find((action) => never.has(action.name));
  if (refused !== undefined) throw new WafError('seclang.syntax', `${refused.name} of a rule cannot be updated`);
  const isReplaced = (old: Action): boolean =>
    added.some((one) => {
      if (disruptions.has(one.name)) return disruptions.has(old.name);
      return one.name === old.name && !accumulating.has(one.name);
    });
  return (rule) => ({ ...rule, actions: [...rule.actions.filter((old) => !isReplaced(old)), ...added] });
}

/** `942100` or `942100:1`, the second link of its chain. */
function byIdAndLink(text: string): { readonly selects: RuleFilter; readonly link: number } {
  const found = /^(\d+):(\d+)$/.exec(text);
  return { selects: rulesById(found?.[1] ?? text), link: Number(found?.[2] ?? 0) };
}

/** Rules that one of the filters selects. */
const anyOf =
  (filters: readonly RuleFilter[]): RuleFilter =>
  (rule) =>
    filters.some((selects) => selects(rule));

function parseUpdate(directive: Directive): Update | undefined {
  const [first = ''] = directive.arguments;
  switch (directive.name) {
    case 'SecRuleRemoveById':
      return { selects: rulesById(directive.arguments.join(' ')), change: undefined };
    case 'SecRuleRemoveByTag':
      return { selects: anyOf(directive.arguments.map(rulesByTag)), change: undefined };
    case 'SecRuleRemoveByMsg':
      return { selects: anyOf(directive.arguments.map(rulesByMessage)), change: undefined };
    case 'SecRuleUpdateTargetById': {
      const { selects, link } = byIdAndLink(first);
      return { selects, change: changeLink(link, updateTargets(directive)) };
    }
    case 'SecRuleUpdateTargetByTag':
      return { selects: rulesByTag(first), change: changeLink(0, updateTargets(directive)) };
    case 'SecRuleUpdateTargetByMsg':
      return { selects: rulesByMessage(first), change: changeLink(0, updateTargets(directive)) };
    case 'SecRuleUpdateActionById': {
      const { selects, link } = byIdAndLink(first);
      return { selects, change: changeLink(link, updateActions(directive)) };
    }
    default:
      return undefined;
  }
}

/** The updates of all files, in order. They apply to every rule they select, also to one that is written after them. */
export class UpdateList {
  readonly #updates: Update[] = [];

  /**
   * Takes a directive in. Returns false when it is none that updates or removes rules.
   * @throws WafError `seclang.syntax` for a wrong argument.
   */
  add(directive: Directive): boolean {
    const update = parseUpdate(directive);
    if (update === undefined) return false;
    this.#updates.push(update);
    return true;
  }

  /** The rule as it stands after all updates, `undefined` when it was removed. */
  apply(rule: Rule): Rule | undefined {
    const identity = identityOf(rule);
    let result = rule;
    for (const { selects, change } of this.#updates) {
      if (!selects(identity)) continue;
      if (change === undefined) return undefined;
      result = change(result);
    }
    return result;
  }
}
