// Which rules read a TX variable: as a target, or through a macro.

import type { LinkDraft } from './link-compiler.ts';
import type { Macro } from './macro.ts';
import type { Target } from './plan.ts';

function isReadByMacro(name: string, macro: Macro): boolean {
  return macro.parts.some((part) => typeof part !== 'string' && part.variable === 'TX' && part.key === name);
}

function isReadByTarget(name: string, target: Target): boolean {
  return target.variable === 'TX' && (target.selector === undefined || target.selector.accepts(name));
}

function readsTx(name: string, link: LinkDraft): boolean {
  const { actions, targets, tester } = link;
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
  return targets.some((target) => isReadByTarget(name, target)) || macros.some((macro) => isReadByMacro(name, macro));
}

/** The rules that read `name` (lower case). A change by `+` or `-` reads nothing that a rule can see, and does not count. */
export function txReaders<Rule extends { readonly links: readonly LinkDraft[] }>(
  name: string,
  rules: readonly Rule[],
): readonly Rule[] {
  return rules.filter((rule) => rule.links.some((link) => readsTx(name, link)));
}
