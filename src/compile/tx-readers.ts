// Finds the rules that read a TX variable: as a target, or in a macro.

import type { Macro } from '../plan/macro.ts';
import type { Target } from '../plan/plan.ts';
import type { LinkDraft } from './link-compiler.ts';

/** Everything that a link reads other than by name: the macros it expands. */
function macrosOf({ actions, tester }: LinkDraft): readonly Macro[] {
  const macros: Macro[] = [actions.message, actions.logData];
  if (actions.redirect !== undefined) macros.push(actions.redirect);
  if (tester.kind === 'value') macros.push(tester.argument);
  for (const effect of actions.effects) {
    if (effect.kind === 'setvar') macros.push(effect.name, effect.value);
    if (effect.kind === 'setenv') macros.push(effect.value);
    if (effect.kind === 'initcol') macros.push(effect.key);
    if (effect.kind === 'expirevar') macros.push(effect.name, effect.after);
    if (effect.kind === 'deprecatevar') macros.push(effect.name);
  }
  return macros;
}

/** The readers among some rules, with an index. A change by `+` or `-` does not count as reading. */
export class TxReaders<Rule extends { readonly links: readonly LinkDraft[] }> {
  readonly #byName = new Map<string, Set<Rule>>();
  /** Targets that select more than one name. */
  readonly #byPattern: { readonly target: Target; readonly rule: Rule }[] = [];

  constructor(rules: readonly Rule[]) {
    for (const rule of rules) {
      for (const link of rule.links) {
        for (const target of link.targets) this.#addTarget(target, rule);
        for (const macro of macrosOf(link)) this.#addMacro(macro, rule);
      }
    }
  }

  /** The rules that read `name` (lower case). */
  of(name: string): ReadonlySet<Rule> {
    const readers = new Set(this.#byName.get(name));
    for (const { target, rule } of this.#byPattern) {
      if (target.selector === undefined || target.selector.accepts(name)) readers.add(rule);
    }
    return readers;
  }

  #addTarget(target: Target, rule: Rule): void {
    if (target.variable !== 'TX') return;
    const name = target.selector?.name;
    if (name === undefined) this.#byPattern.push({ target, rule });
    else this.#add(name, rule);
  }

  #addMacro(macro: Macro, rule: Rule): void {
    if (macro.constant !== undefined) return;
    for (const part of macro.parts) {
      if (typeof part !== 'string' && part.variable === 'TX' && part.key !== undefined) this.#add(part.key, rule);
    }
  }

  #add(name: string, rule: Rule): void {
    const known = this.#byName.get(name);
    if (known === undefined) this.#byName.set(name, new Set([rule]));
    else known.add(rule);
  }
}
