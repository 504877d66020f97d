// The effects of a matching rule: variables, removals, engine switches. Run once for each matching value.

import { foldAscii } from '../base/bytes.ts';
import type { Macro } from '../plan/macro.ts';
import type { Effect } from '../plan/plan.ts';
import type { EngineMode } from '../plan/settings.ts';
import { changedParts } from './audit-wishes.ts';
import { Collection, type NamedValues } from './collection.ts';
import type { FactName } from './facts.ts';
import { expandMacro, expandName, expandNumber } from './macros.ts';
import { PersistentCollection } from './persistent-collection.ts';
import type { RuleState } from './rule-state.ts';

const engineModes: readonly EngineMode[] = ['On', 'DetectionOnly', 'Off'];

/** Applies one effect to the exchange. */
export function applyEffect(effect: Effect, state: RuleState): void {
  switch (effect.kind) {
    case 'setvar':
      applySetvar(effect, state);
      break;
    case 'ruleRemove':
      // Once per exchange, not once for each matching value.
      if (!state.removedRules.includes(effect.rules)) state.removedRules = [...state.removedRules, effect.rules];
      break;
    case 'targetRemove':
      if (!state.removedTargets.includes(effect)) state.removedTargets = [...state.removedTargets, effect];
      break;
    case 'control':
      applyControl(effect.name, effect.value, state);
      break;
    case 'onFailure':
      state.failureActions = new Map([...state.failureActions, [effect.cause, effect.action]]);
      break;
    case 'initcol':
      openCollection(effect.collection, expandMacro(effect.key, state), state);
      break;
    case 'expirevar':
    case 'deprecatevar':
      applyLater(effect, state);
      break;
    case 'setenv':
      setVariable(environment(state), foldAscii(effect.name), expandMacro(effect.value, state), state);
      break;
  }
}

/** Future changes of a variable of a persistent collection. */
function applyLater(effect: Effect & { kind: 'expirevar' | 'deprecatevar' }, state: RuleState): void {
  const collection = state.collections.get(effect.collection);
  if (!(collection instanceof PersistentCollection)) return;
  const name = variableName(effect.name, state);
  if (name === undefined) return;
  if (effect.kind === 'expirevar') collection.expire(name, expandNumber(effect.after, state));
  else collection.deprecate(name, effect.amount, effect.seconds);
}

/** A name whose written parts are already in lower case. */
function variableName(name: Macro, state: RuleState): string | undefined {
  const expanded = expandName(name, state);
  return expanded === undefined || name.constant !== undefined ? expanded : foldAscii(expanded);
}

/** Variables that provide the key of a collection (ModSecurity reference manual, SESSIONID, USERID). */
const keyFacts: Readonly<Record<string, FactName>> = { SESSION: 'SESSIONID', USER: 'USERID' };

/** Opens a collection for this exchange. A collection that is already open stays: it is initialized once (ModSecurity v2). */
function openCollection(collection: string, key: string, state: RuleState): void {
  if (state.collections.has(collection) || key === '') return;
  const fact = keyFacts[collection];
  if (fact !== undefined && !state.isClone) state.exchange.facts.set(fact, key);
  const { collectionTimeoutSeconds } = state.exchange.plan.settings;
  const name = { collection, key, timeoutSeconds: collectionTimeoutSeconds };
  state.collections.set(collection, state.isClone ? state.exchange.store.peek(name) : state.exchange.store.open(name));
  state.problems.uninspected('collection-evicted', state.exchange.store.takeEvictedBytes());
}

/** ENV contains what rules set with `setenv`, nothing from the process. */
function environment(state: RuleState): NamedValues {
  const known = state.collections.get('ENV');
  if (known !== undefined) return known;
  const { collectionNamesMax, txBytesMax } = state.exchange.limits;
  const collection = new Collection({ namesMax: collectionNamesMax, bytesMax: txBytesMax });
  state.collections.set('ENV', collection);
  return collection;
}

function applySetvar(effect: Effect & { kind: 'setvar' }, state: RuleState): void {
  const collection = effect.collection === 'TX' ? state.tx : state.collections.get(effect.collection);
  if (collection === undefined) return;
  const name = variableName(effect.name, state);
  if (name === undefined) return;
  if (effect.change === 'unset') {
    collection.delete(name);
    return;
  }
  const { change, value } = effect;
  if (change === 'set') setVariable(collection, name, expandMacro(value, state), state);
  else {
    const by = expandNumber(value, state);
    setVariable(collection, name, collection.number(name) + (change === 'add' ? by : -by), state);
  }
}

/** Sets a variable of a collection. Returns whether there was room; if not, that is a `limit.matched`. */
export function setVariable(collection: NamedValues, name: string, value: string | number, state: RuleState): boolean {
  const isKept = collection.set(name, value);
  if (!isKept)
    state.problems.add('limit.matched', 'rules set more variables, or longer ones, than fit into a collection');
  return isKept;
}

function applyControl(name: string, value: string, state: RuleState): void {
  const before = state.switches.get(name) ?? state.exchange.plan.settings.auditParts;
  state.switches.set(name, name === 'auditLogParts' ? changedParts(before, value) : value);
  if (name !== 'ruleEngine') return;
  const mode = engineModes.find((one) => one.toLowerCase() === value.toLowerCase());
  if (mode !== undefined) state.switchEngine(mode);
}
