// Values of variables that are not scanned fields: TX and other collections, matched values, facts, counts, time; and the first
// value of any variable, for macros. Knows no operator.

import { foldAscii } from '../base/bytes.ts';
import { monotonicMs } from '../base/clock.ts';
import { fieldKind, kindsOfVariable } from '../plan/field-kind.ts';
import type { Target } from '../plan/plan.ts';
import { targetAccepts } from '../plan/targets.ts';
import type { RuleState } from './rule-state.ts';

/** A value with its key as received; the key is empty if it is not a collection. */
export interface ComputedValue {
  readonly key: string;
  readonly value: string;
}

type Single = (state: RuleState) => string | undefined;

const two = (number: number): string => String(number).padStart(2, '0');
const filesContent = fieldKind('FILE_CONTENT');

/** Variables with one value that is computed on demand. All others are facts. */
const singles: ReadonlyMap<string, Single> = new Map<string, Single>(
  Object.entries({
    ARGS_COMBINED_SIZE: (state) => String(state.fields.argumentBytes),
    FILES_COMBINED_SIZE: (state) => String(state.fields.fileBytes),
    DURATION: (state) => String(Math.round((monotonicMs() - state.exchange.startMs) * 1000)),
    HIGHEST_SEVERITY: (state) => String(state.highestSeverity),
    MATCHED_VAR: (state) => state.lastMatch?.text,
    MATCHED_VAR_NAME: (state) => state.lastMatch?.name,
    MODSEC_BUILD: () => '030000000',
    MSC_PCRE_ERROR: () => '0',
    MSC_PCRE_LIMITS_EXCEEDED: () => '0',
    INBOUND_DATA_ERROR: () => '0',
    OUTBOUND_DATA_ERROR: () => '0',
    SDBM_DELETE_ERROR: () => '0',
    TIME: ({ exchange: { startDate: at } }) => `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`,
    TIME_DAY: (state) => String(state.exchange.startDate.getDate()),
    TIME_EPOCH: (state) => String(Math.floor(state.exchange.startDate.getTime() / 1000)),
    TIME_HOUR: (state) => String(state.exchange.startDate.getHours()),
    TIME_MIN: (state) => String(state.exchange.startDate.getMinutes()),
    TIME_MON: (state) => String(state.exchange.startDate.getMonth() + 1),
    TIME_SEC: (state) => String(state.exchange.startDate.getSeconds()),
    TIME_WDAY: (state) => String(state.exchange.startDate.getDay()),
    TIME_YEAR: (state) => String(state.exchange.startDate.getFullYear()),
    UNIQUE_ID: (state) => state.exchange.requestId,
    WEBAPPID: (state) => state.exchange.plan.settings.webAppId,
  }),
);

function ruleValue(key: string, state: RuleState): string | undefined {
  const { rule } = state;
  switch (key) {
    case 'id':
      return rule === undefined ? undefined : String(rule.id);
    case 'severity':
      return rule?.severity;
    case 'msg':
      return rule?.messageText;
    default:
      return undefined;
  }
}

const ruleKeys = ['id', 'severity', 'msg'];
const collectionNames: ReadonlySet<string> = new Set(['IP', 'GLOBAL', 'SESSION', 'USER', 'RESOURCE', 'ENV']);

/** Variables with several values, each under a key. */
const severalVariables: ReadonlySet<string> = new Set([
  ...collectionNames,
  ...['TX', 'MATCHED_VARS', 'MATCHED_VARS_NAMES', 'RULE', 'FILES_SIZES'],
]);

/** Whether a computed target has at most one value: a variable without keys, or one name of TX. */
export function hasOneValue({ variable, selector }: Target): boolean {
  return variable === 'TX' ? selector?.name !== undefined : !severalVariables.has(variable);
}

/** The value of a target that has at most one. */
export function onlyValue({ variable, selector }: Target, state: RuleState): string | undefined {
  return variable === 'TX' ? state.tx.get(selector?.name ?? '') : singleValue(variable, state);
}

/** Its key in logs. */
export function keyOfOnly({ variable, selector }: Target): string {
  return variable === 'TX' ? (selector?.label ?? '') : '';
}

function collectionValues(target: Target, state: RuleState): readonly ComputedValue[] {
  const collection = target.variable === 'TX' ? state.tx : state.collections.get(target.variable);
  if (collection === undefined) return [];
  const name = target.selector?.name;
  if (name !== undefined) {
    const value = collection.get(name);
    return value === undefined ? [] : [{ key: target.selector?.label ?? name, value }];
  }
  const values: ComputedValue[] = [];
  const selected = target.selector === undefined ? collection.entries() : collection.entriesOf(target.selector);
  for (const [key, value] of selected) if (targetAccepts(target, key)) values.push({ key, value });
  return values;
}

const ofMatches = /^(?:MATCHED_VARS:)+/;

/** What links matched, by the names under which they first found it. */
function matchedValues(state: RuleState): readonly ComputedValue[] {
  return state.linkMatches.map(({ name, text }) => ({ key: name.replace(ofMatches, ''), value: text }));
}

/** The values of a computed target after selector and exclusions, in order. */
export function computedValues(target: Target, state: RuleState): readonly ComputedValue[] {
  const { variable } = target;
  if (hasOneValue(target)) {
    const value = onlyValue(target, state);
    return value === undefined ? [] : [{ key: keyOfOnly(target), value }];
  }
  if (variable === 'TX' || collectionNames.has(variable)) return collectionValues(target, state);
  if (variable === 'MATCHED_VARS') {
    return matchedValues(state).filter(({ key }) => targetAccepts(target, foldAscii(key)));
  }
  if (variable === 'MATCHED_VARS_NAMES') return matchedValues(state).map(({ key }) => ({ key, value: key }));
  if (variable === 'RULE') {
    return ruleKeys
      .filter((key) => targetAccepts(target, key))
      .map((key) => ({ key, value: ruleValue(key, state) ?? '' }));
  }
  return state.fields
    .of(filesContent)
    .filter((file) => targetAccepts(target, file.key))
    .map((file) => ({ key: file.name, value: String(file.length) }));
}

function singleValue(variable: string, state: RuleState): string | undefined {
  const single = singles.get(variable);
  return single === undefined ? state.exchange.facts.get(variable) : single(state);
}

/** The first value of a variable, for a macro. @param key in lower case. */
export function variableText(variable: string, key: string | undefined, state: RuleState): string | undefined {
  if (variable === 'TX') return key === undefined ? undefined : state.tx.get(key);
  if (collectionNames.has(variable)) return key === undefined ? undefined : state.collections.get(variable)?.get(key);
  if (variable === 'RULE') return key === undefined ? undefined : ruleValue(key, state);
  if (variable === 'MATCHED_VARS') return state.lastMatch?.text;
  if (variable === 'MATCHED_VARS_NAMES') return state.lastMatch?.name;
  if (variable === 'FILES_SIZES') {
    const file = key === undefined ? state.fields.of(filesContent)[0] : state.fields.first(filesContent, key);
    return file === undefined ? undefined : String(file.length);
  }
  const kinds = kindsOfVariable(variable);
  if (kinds === undefined) return singleValue(variable, state);
  for (const kind of kinds) {
    const field = key === undefined ? state.fields.of(kind)[0] : state.fields.first(kind, key);
    if (field !== undefined) return field.text;
  }
  return undefined;
}
