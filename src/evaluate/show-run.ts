// Reports one run of the watched rule: what it looked at, and which link did not match. Changes nothing.

import { fieldKind } from '../plan/field-kind.ts';
import type { CompiledRule, Link } from '../plan/plan.ts';
import { countTarget, isRemoved } from './link-evaluator.ts';
import { expandMacro } from './macros.ts';
import type { RuleRun } from './rule-run.ts';
import type { RuleState } from './rule-state.ts';
import type { WatchedLink } from './rule-watch.ts';
import { computedValues } from './variables.ts';

/** Decoders split most bodies into fields, which rules see instead of the whole. */
const requestBody = fieldKind('REQUEST_BODY');

/** Reports a finished run, if the rule is the watched one. */
export function showRun(rule: CompiledRule, run: RuleRun, state: RuleState): void {
  const { watch } = state;
  if (watch?.ruleId !== rule.id) return;
  const links = run.observed ?? [];
  const link = rule.links[links.length];
  watch.onRun({
    rule,
    outcome: link === undefined ? 'match' : 'no-match',
    links,
    missed: link && watchedLink(rule, link, state),
  });
}

/** Reports that the rule was removed before it could run. */
export function showRemoved(rule: CompiledRule, { watch }: RuleState): void {
  if (watch?.ruleId === rule.id) watch.onRun({ rule, outcome: 'removed', links: [], missed: undefined });
}

function watchedLink(rule: CompiledRule, link: Link, state: RuleState): WatchedLink {
  const { operator } = link;
  const run = { rule, link, state };
  const isLate = operator.kind === 'value' && operator.argument.constant === undefined;
  return {
    link,
    argument: isLate ? expandMacro(operator.argument, state) : undefined,
    targets: link.targets.map((target) => {
      const counted = target.mode === 'count' ? [{ key: '', value: String(countTarget(run, target)) }] : undefined;
      const computed = target.kinds.length === 0 ? computedValues(target, state) : undefined;
      const hidden = target.kinds.includes(requestBody) && !state.exchange.hasRequestBody ? [] : undefined;
      return { target, computed: counted ?? computed ?? hidden, isRemoved: (key) => isRemoved(run, target, key) };
    }),
  };
}
