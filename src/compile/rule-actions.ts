// The actions of a rule → its metadata, its disruption and its effects. Knows no targets and no operators.

import { foldAscii } from '../base/bytes.ts';
import { WafError } from '../base/errors.ts';
import { emptyMacro, type Macro, parseMacro } from '../plan/macro.ts';
import type { Disruption, Effect } from '../plan/plan.ts';
import type { Action, Location } from '../seclang/ast.ts';
import { compileControl } from './rule-control.ts';

/** The actions of one link. Absent: not given. */
export interface LinkActions {
  readonly id: number | undefined;
  readonly phase: number | undefined;
  readonly message: Macro;
  readonly messageText: string;
  readonly logData: Macro;
  readonly severity: string | undefined;
  readonly tags: readonly string[];
  readonly disruption: Disruption | 'block' | undefined;
  readonly status: number | undefined;
  readonly redirect: Macro | undefined;
  readonly skip: number;
  readonly skipAfter: string | undefined;
  readonly isLogged: boolean | undefined;
  readonly isAudited: boolean | undefined;
  readonly capture: boolean;
  readonly multiMatch: boolean;
  /** SecLang names after the last `none`; `hasNone` is set if there was one. */
  readonly transformations: readonly string[];
  readonly hasNone: boolean;
  readonly effects: readonly Effect[];
  /** Actions that are accepted but have no effect, with the reason. */
  readonly ignored: readonly { readonly location: Location; readonly reason: string }[];
}

/** Lists grow in place, because a rule can have thousands of actions. */
type Grown<Value> = Value extends readonly (infer Item)[] ? Item[] : Value;
type Draft = { -readonly [Name in keyof LinkActions]: Grown<LinkActions[Name]> };

const phaseNames: Readonly<Record<string, number>> = { request: 2, response: 4, logging: 5 };

const severities = ['EMERGENCY', 'ALERT', 'CRITICAL', 'ERROR', 'WARNING', 'NOTICE', 'INFO', 'DEBUG'];

function parsePhase(value: string): number {
  const phase = /^[1-5]$/.test(value) ? Number(value) : phaseNames[value.toLowerCase()];
  if (phase === undefined) throw new WafError('seclang.syntax', `no phase "${value}"`);
  return phase;
}

/** The largest integer with 15 digits: larger ones are not exact. */
const numberMax = 999_999_999_999_999;

function parseWholeNumber(name: string, value: string, min = 0, max = numberMax): number {
  const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= min && number <= max) return number;
  const range = max === numberMax ? (min === 0 ? '' : ` from ${min}`) : ` from ${min} to ${max}`;
  throw new WafError('seclang.syntax', `${name} is a whole number${range}, not "${value}"`);
}

function parseSeverity(value: string): string {
  const named = /^[0-7]$/.test(value) ? (severities[Number(value)] as string) : value.toUpperCase();
  if (!severities.includes(named)) throw new WafError('seclang.syntax', `no severity "${value}"`);
  return named;
}

/** Collections that `initcol` and similar actions open. They are persistent. */
export const persistentNames: ReadonlySet<string> = new Set(['IP', 'GLOBAL', 'SESSION', 'USER', 'RESOURCE']);

function parseCollection(action: string, name: string): string {
  const collection = name.toUpperCase();
  if (persistentNames.has(collection)) return collection;
  throw new WafError('seclang.syntax', `${action}: no collection "${name}", only ${[...persistentNames].join(', ')}`);
}

/** Names ignore case: written text is folded here, macro values when they are expanded. */
function parseName(text: string): Macro {
  return parseMacro(foldAscii(text));
}

const assignment = /^([A-Za-z_]+)[.:]([^=]+?)(?:=([+-]?)(.*))?$/s;

/** `tx.score=+5`, `!tx.score`, `tx.seen` (ModSecurity reference manual v3, setvar). */
function parseSetvar(value: string): Effect {
  const isUnset = value.startsWith('!');
  const found = assignment.exec(isUnset ? value.slice(1) : value);
  if (found === null) throw new WafError('seclang.syntax', `setvar:${value}: expected collection.name=value`);
  const [, collection = '', name = '', sign, text = '1'] = found;
  const change = isUnset ? 'unset' : sign === '+' ? 'add' : sign === '-' ? 'subtract' : 'set';
  return {
    kind: 'setvar',
    collection: collection.toUpperCase() === 'TX' ? 'TX' : parseCollection('setvar', collection),
    name: parseName(name),
    change,
    value: parseMacro(text),
  };
}

/** `ip.block=3600` → the collection, the name in it, and the text after `=`. */
function parseVariable(action: Action): { readonly collection: string; readonly name: Macro; readonly text: string } {
  const [variable, text] = parseAssignment(action);
  const found = /^([A-Za-z_]+)[.:](.+)$/s.exec(variable);
  if (found === null) throw new WafError('seclang.syntax', `${action.name}:${action.value}: expected collection.name`);
  const [, collection = '', name = ''] = found;
  return { collection: parseCollection(action.name, collection), name: parseName(name), text };
}

/** `session.score=60/300`: subtracts 60 every 300 seconds. */
function parseDeprecatevar(action: Action): Effect {
  const { collection, name, text } = parseVariable(action);
  const [amount = '', seconds = ''] = text.split('/');
  if (!/^\d{1,15}\/[1-9]\d{0,14}$/.test(text)) {
    throw new WafError('seclang.syntax', `deprecatevar:${action.value}: expected amount/seconds`);
  }
  return { kind: 'deprecatevar', collection, name, amount: Number(amount), seconds: Number(seconds) };
}

function parseAssignment(action: Action): readonly [string, string] {
  const value = action.value ?? '';
  const equals = value.indexOf('=');
  if (equals < 0) throw new WafError('seclang.syntax', `${action.name}:${value}: expected name=value`);
  return [value.slice(0, equals), value.slice(equals + 1)];
}

type Reader = (draft: Draft, value: string, action: Action) => void;

const setDisruption =
  (disruption: Draft['disruption']): Reader =>
  (draft) => {
    draft.disruption = disruption;
  };

const addEffect = (draft: Draft, effect: Effect): void => {
  draft.effects.push(effect);
};

const ignoreBecause =
  (reason: string): Reader =>
  (draft, _value, action) => {
    draft.ignored.push({ location: action.location, reason: `${action.name}: ${reason}` });
  };

const nothing: Reader = () => {};
const neverChanged = ignoreBecause('messages are never changed');
const redacted = ignoreBecause('what logs show is configured in Weir');

const readers: Readonly<Record<string, Reader>> = {
  id: (draft, value) => {
    draft.id = parseWholeNumber('id', value, 1);
  },
  phase: (draft, value) => {
    draft.phase = parsePhase(value);
  },
  msg: (draft, value) => {
    draft.message = parseMacro(value);
    draft.messageText = value;
  },
  logdata: (draft, value) => {
    draft.logData = parseMacro(value);
  },
  severity: (draft, value) => {
    draft.severity = parseSeverity(value);
  },
  tag: (draft, value) => {
    draft.tags.push(value);
  },
  allow: (draft, value) => {
    if (!['', 'phase', 'request'].includes(value)) throw new WafError('seclang.syntax', `no allow:${value}`);
    draft.disruption = value === '' ? 'allow' : (`allow:${value}` as Disruption);
  },
  block: setDisruption('block'),
  deny: setDisruption('deny'),
  drop: setDisruption('drop'),
  pass: setDisruption('pass'),
  redirect: (draft, value) => {
    draft.disruption = 'redirect';
    draft.redirect = parseMacro(value);
  },
  status: (draft, value) => {
    // The statuses that Envoy can send: lower ones would become 200, and there are no higher ones.
    draft.status = parseWholeNumber('status', value, 200, 599);
  },
  skip: (draft, value) => {
    draft.skip = parseWholeNumber('skip', value, 1);
  },
  skipAfter: (draft, value) => {
    draft.skipAfter = value;
  },
  log: (draft) => {
    draft.isLogged = true;
    draft.isAudited ??= true;
  },
  nolog: (draft) => {
    draft.isLogged = false;
    draft.isAudited = false;
  },
  auditlog: (draft) => {
    draft.isAudited = true;
  },
  noauditlog: (draft) => {
    draft.isAudited = false;
  },
  capture: (draft) => {
    draft.capture = true;
  },
  multiMatch: (draft) => {
    draft.multiMatch = true;
  },
  t: (draft, value) => {
    draft.hasNone ||= value === 'none';
    if (value === 'none') draft.transformations = [];
    else draft.transformations.push(value);
  },
  setvar: (draft, value) => addEffect(draft, parseSetvar(value)),
  ctl: (draft, _value, action) => addEffect(draft, compileControl(...parseAssignment(action))),
  initcol: (draft, _value, action) => {
    const [collection, key] = parseAssignment(action);
    addEffect(draft, { kind: 'initcol', collection: parseCollection('initcol', collection), key: parseMacro(key) });
  },
  expirevar: (draft, _value, action) => {
    const { collection, name, text } = parseVariable(action);
    addEffect(draft, { kind: 'expirevar', collection, name, after: parseMacro(text) });
  },
  deprecatevar: (draft, _value, action) => addEffect(draft, parseDeprecatevar(action)),
  setenv: (draft, _value, action) => {
    const [name, value] = parseAssignment(action);
    addEffect(draft, { kind: 'setenv', name, value: parseMacro(value) });
  },
  setuid: (draft, value) => addEffect(draft, { kind: 'initcol', collection: 'USER', key: parseMacro(value) }),
  setsid: (draft, value) => addEffect(draft, { kind: 'initcol', collection: 'SESSION', key: parseMacro(value) }),
  setrsc: (draft, value) => addEffect(draft, { kind: 'initcol', collection: 'RESOURCE', key: parseMacro(value) }),
  chain: nothing,
  ver: nothing,
  rev: nothing,
  maturity: (_, value) => void parseWholeNumber('maturity', value),
  accuracy: (_, value) => void parseWholeNumber('accuracy', value),
  append: neverChanged,
  prepend: neverChanged,
  sanitiseArg: redacted,
  sanitiseMatched: redacted,
  sanitiseMatchedBytes: redacted,
  sanitiseRequestHeader: redacted,
  sanitiseResponseHeader: redacted,
  pause: ignoreBecause('responses are never delayed on purpose'),
  xmlns: ignoreBecause('XML names are compared as written'),
};

/**
 * Compiles the actions of one link.
 * @throws WafError `seclang.syntax` for an invalid value, `seclang.unsupported` for an action without which the rule would not
 * work as written.
 */
export function compileActions(actions: readonly Action[]): LinkActions {
  const draft: Draft = {
    id: undefined,
    phase: undefined,
    message: emptyMacro,
    messageText: '',
    logData: emptyMacro,
    severity: undefined,
    tags: [],
    disruption: undefined,
    status: undefined,
    redirect: undefined,
    skip: 0,
    skipAfter: undefined,
    isLogged: undefined,
    isAudited: undefined,
    capture: false,
    multiMatch: false,
    transformations: [],
    hasNone: false,
    effects: [],
    ignored: [],
  };
  for (const action of actions) {
    const reader = Object.hasOwn(readers, action.name) ? readers[action.name] : undefined;
    if (reader === undefined) throw new WafError('seclang.unsupported', `action ${action.name}`);
    reader(draft, action.value ?? '', action);
  }
  return draft;
}
