// Applies all updates of one rule together and copies the rule once. Linear in the rule and its changes.

import type { Action, Rule, Variable } from '../seclang/ast.ts';

/** Variables that a change adds to a link, after removing others. */
export interface TargetChange {
  readonly kind: 'targets';
  readonly added: readonly Variable[];
  /** `SecRuleUpdateTargetById 1 NEW OLD`: removes variables with these names and selectors, whatever their mode. */
  readonly replaced: readonly Variable[];
}

/** Actions that a change replaces or adds. */
export interface ActionChange {
  readonly kind: 'actions';
  readonly added: readonly Action[];
}

/** A change of one link of a chain; link 0 is the rule that starts it. */
export interface LinkChange {
  readonly link: number;
  readonly change: TargetChange | ActionChange;
}

const keys = new WeakMap<Variable, string>();

/** Name and selector, without the mode. */
export function variableKey(variable: Variable): string {
  let key = keys.get(variable);
  if (key === undefined) {
    key = `${variable.name} ${JSON.stringify(variable.selector ?? '')}`;
    keys.set(variable, key);
  }
  return key;
}

/** A target list being changed. An exclusion that already exists is not added again, because it would have no effect. */
class TargetList {
  readonly #slots: (Variable | undefined)[] = [];
  readonly #slotsOf = new Map<string, number[]>();
  readonly #excluded = new Set<string>();

  constructor(variables: readonly Variable[]) {
    for (const variable of variables) this.#push(variable, variableKey(variable));
  }

  apply({ added, replaced }: TargetChange): void {
    for (const variable of replaced) {
      const key = variableKey(variable);
      for (const slot of this.#slotsOf.get(key) ?? []) this.#slots[slot] = undefined;
      this.#slotsOf.delete(key);
      this.#excluded.delete(key);
    }
    for (const variable of added) {
      const key = variableKey(variable);
      if (variable.mode !== 'exclude' || !this.#excluded.has(key)) this.#push(variable, key);
    }
  }

  #push(variable: Variable, key: string): void {
    const slot = this.#slots.push(variable) - 1;
    const slots = this.#slotsOf.get(key);
    if (slots === undefined) this.#slotsOf.set(key, [slot]);
    else slots.push(slot);
    if (variable.mode === 'exclude') this.#excluded.add(key);
  }

  finish(): readonly Variable[] {
    return this.#slots.filter((variable) => variable !== undefined);
  }
}

const disruptions: ReadonlySet<string> = new Set(['allow', 'block', 'deny', 'drop', 'pass', 'redirect']);
/** Actions that a rule can have several of; a new one does not replace an old one. */
const accumulating: ReadonlySet<string> = new Set(['tag', 'setvar', 'ctl', 'setenv', 'initcol']);

/** What a new action replaces: those with its name; a disruption replaces any disruption; `undefined`: nothing. */
function replacedBy({ name }: Action): string | undefined {
  if (accumulating.has(name)) return undefined;
  return disruptions.has(name) ? 'disruption' : name;
}

/** Actions being changed. */
class ActionList {
  readonly #slots: (Action | undefined)[] = [];
  readonly #slotsOf = new Map<string, number[]>();

  constructor(actions: readonly Action[]) {
    for (const action of actions) this.#push(action);
  }

  apply({ added }: ActionChange): void {
    for (const action of added) {
      const group = replacedBy(action);
      if (group === undefined) continue;
      for (const slot of this.#slotsOf.get(group) ?? []) this.#slots[slot] = undefined;
      this.#slotsOf.delete(group);
    }
    for (const action of added) this.#push(action);
  }

  #push(action: Action): void {
    const slot = this.#slots.push(action) - 1;
    const group = replacedBy(action);
    if (group === undefined) return;
    const slots = this.#slotsOf.get(group);
    if (slots === undefined) this.#slotsOf.set(group, [slot]);
    else slots.push(slot);
  }

  finish(): readonly Action[] {
    return this.#slots.filter((action) => action !== undefined);
  }
}

/** The rule after changes, in order. Changes to a link that does not exist are ignored. */
export function changedRule(rule: Rule, changes: readonly LinkChange[]): Rule {
  const byLink = new Map<number, LinkChange['change'][]>();
  for (const { link, change } of changes) {
    const known = byLink.get(link);
    if (known === undefined) byLink.set(link, [change]);
    else known.push(change);
  }
  const changed = (one: Rule, link: number): Rule => changedLink(one, byLink.get(link) ?? []);
  const links = rule.links.map((link, index) => changed(link, index + 1));
  return { ...changed(rule, 0), links };
}

function changedLink(link: Rule, changes: readonly LinkChange['change'][]): Rule {
  if (changes.length === 0) return link;
  const targets = new TargetList(link.variables);
  const actions = new ActionList(link.actions);
  for (const change of changes) {
    if (change.kind === 'targets') targets.apply(change);
    else actions.apply(change);
  }
  return { ...link, variables: targets.finish(), actions: actions.finish() };
}
