// `ctl:` options → effects: removals of rules and targets at run time, and engine switches.

import { WafError } from '../base/errors.ts';
import type { Effect, RuleFilter, RuleIdentity } from '../plan/plan.ts';
import { withRecipe } from '../plan/recipe.ts';
import { searchOf } from '../plan/selector.ts';
import { parseTargetFilter } from '../plan/targets.ts';

const onOrOff = /^(?:on|off)$/i;

/** Options that switch something in the engine, with their values. */
const switches: Readonly<Record<string, RegExp>> = {
  ruleEngine: /^(?:on|off|detectiononly)$/i,
  auditEngine: /^(?:on|off|relevantonly)$/i,
  auditLogParts: /^[+-]?[a-kz]+$/i,
  requestBodyAccess: onOrOff,
  responseBodyAccess: onOrOff,
  requestBodyProcessor: /^(?:urlencoded|json|xml|multipart|graphql|grpc|raw)$/i,
  forceRequestBodyVariable: onOrOff,
  forceResponseBodyVariable: onOrOff,
};

/** Options of ModSecurity that are accepted without effect. */
const withoutEffect: ReadonlySet<string> = new Set([
  'debugLogLevel',
  'hashEngine',
  'hashEnforcement',
  'requestBodyLimit',
  'responseBodyLimit',
]);

/** Causes of failure that rules can set an action for: those that occur during inspection. */
export const failureNames = [
  'parse',
  'coding',
  'charset',
  'limit.body',
  'limit.fields',
  'limit.hits',
  'limit.matched',
  'limit.work',
  'limit.memory',
  'uninspected',
  'response-body',
] as const;

/** `parse=allow`: for this exchange what `--on-failure` is for all. */
function compileFailureAction(value: string): Effect {
  const [, cause = '', action = ''] = /^([a-z.-]+)=(block|allow|detect)$/.exec(value) ?? [];
  if (!failureNames.some((name) => name === cause)) {
    const causes = failureNames.join(', ');
    throw new WafError('seclang.syntax', `ctl:onFailure is cause=action, one of ${causes} and block, allow or detect`);
  }
  return { kind: 'onFailure', cause, action };
}

/**
 * Rules by id: `1000`, `1000-1999`, or several of them separated by blanks or commas.
 * @throws WafError `seclang.syntax` for anything else.
 */
export function idRangesOf(text: string): readonly { readonly from: number; readonly to: number }[] {
  return text
    .split(/[\s,]+/)
    .filter((part) => part !== '')
    .map((part) => {
      const found = /^(\d+)(?:-(\d+))?$/.exec(part);
      if (found === null)
        throw new WafError('seclang.syntax', `"${part}" is neither a rule id nor a range of rule ids`);
      return { from: Number(found[1]), to: Number(found[2] ?? found[1]) };
    });
}

/** Whether a rule has one of the ids in the text. @throws like `idRangesOf`. */
export function rulesById(text: string): RuleFilter {
  const ranges = idRangesOf(text);
  const filter: RuleFilter = (rule) => ranges.some((range) => rule.id >= range.from && rule.id <= range.to);
  return withRecipe(filter, 'rulesById', text);
}

/** A filter that is called with the same rules in every exchange: each rule is tested once. */
function remembering(filter: RuleFilter): RuleFilter {
  const answers = new WeakMap<RuleIdentity, boolean>();
  return (rule) => {
    let answer = answers.get(rule);
    if (answer === undefined) {
      answer = filter(rule);
      answers.set(rule, answer);
    }
    return answer;
  };
}

/** Rules with a tag that the expression matches anywhere (ModSecurity reference manual, SecRuleRemoveByTag: REGEX). */
export function rulesByTag(text: string): RuleFilter {
  const isFound = searchOf(`tag "${text}"`, notEmpty(text));
  return withRecipe(
    remembering((rule) => rule.tags.some(isFound)),
    'rulesByTag',
    text,
  );
}

/** Rules whose message, as written, the expression matches anywhere. */
export function rulesByMessage(text: string): RuleFilter {
  const isFound = searchOf(`message "${text}"`, notEmpty(text));
  return withRecipe(
    remembering((rule) => isFound(rule.messageText)),
    'rulesByMessage',
    text,
  );
}

/** An empty expression matches everywhere, which is never intended. @throws WafError `seclang.syntax`. */
export function notEmpty(text: string): string {
  if (text === '') throw new WafError('seclang.syntax', 'an empty expression selects every rule');
  return text;
}

const filters: Readonly<Record<string, (text: string) => RuleFilter>> = {
  ruleRemoveById: rulesById,
  ruleRemoveByTag: rulesByTag,
  ruleRemoveByMsg: rulesByMessage,
  ruleRemoveTargetById: rulesById,
  ruleRemoveTargetByTag: rulesByTag,
  ruleRemoveTargetByMsg: rulesByMessage,
};

/**
 * Compiles `ctl:name=value`.
 * @throws WafError `seclang.syntax` for an invalid value, `seclang.unsupported` for an unknown option.
 */
export function compileControl(name: string, value: string): Effect {
  if (name === 'onFailure') return compileFailureAction(value);
  const filter = Object.hasOwn(filters, name) ? filters[name] : undefined;
  if (filter === undefined) {
    const isOption = Object.hasOwn(switches, name);
    if (isOption && switches[name]?.test(value) === false) {
      throw new WafError('seclang.syntax', `ctl:${name} does not accept "${value}"`);
    }
    if (isOption || withoutEffect.has(name)) return { kind: 'control', name, value };
    throw new WafError('seclang.unsupported', `ctl:${name}`);
  }
  if (!name.startsWith('ruleRemoveTarget')) return { kind: 'ruleRemove', rules: filter(value) };
  const semicolon = value.indexOf(';');
  if (semicolon < 0) throw new WafError('seclang.syntax', `ctl:${name}=${value}: expected rules;TARGET`);
  return {
    kind: 'targetRemove',
    rules: filter(value.slice(0, semicolon)),
    target: parseTargetFilter(value.slice(semicolon + 1)),
  };
}
