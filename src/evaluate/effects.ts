// What a matching rule changes: variables, removals, engine switches. Run once for each matching value.

import { foldAscii } from '../base/bytes.ts';
import type { Macro } from '../plan/macro.ts';
import type { Effect } from '../plan/plan.ts';
import type { EngineMode } from '../plan/settings.ts';
import { changedParts } from './audit-wishes.ts';
import { Collection, type NamedValues } from './collection.ts';
import type { ExchangeState } from './exchange-state.ts';
import { expandMacro, expandNumber } from './macros.ts';
import { PersistentCollection } from './persistent-collection.ts';

const engineModes: readonly EngineMode[] = ['On', 'DetectionOnly', 'Off'];

/** Applies one effect to the exchange. */
export function applyEffect(effect: Effect, state: ExchangeState): void {
  switch (effect.kind) {
    case 'setvar':
      applySetvar(effect, state);
      break;
    case 'ruleRemove':
      state.removedRules = [...state.removedRules, effect.rules];
      break;
    case 'targetRemove':
      state.removedTargets = [...state.removedTargets, effect];
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
    case 'expirevar': {
      const collection = state.collections.get(effect.collection);
      if (!(collection instanceof PersistentCollection)) break;
      collection.expire(variableName(effect.name, state), expandNumber(effect.after, state));
      break;
    }
    case 'deprecatevar': {
      const collection = state.collections.get(effect.collection);
      if (!(collection instanceof PersistentCollection)) break;
      collection.deprecate(variableName(effect.name, state), effect.amount, effect.seconds);
      break;
    }
    case 'setenv':
      environment(state).set(foldAscii(effect.name), expandMacro(effect.value, state));
      break;
  }
}

/** A name whose written parts are folded already. */
function variableName(name: Macro, state: ExchangeState): string {
  return name.constant ?? foldAscii(expandMacro(name, state));
}

/** Opens a collection for this exchange. One that is open already stays: it is initialised once (ModSecurity v2). */
function openCollection(collection: string, key: string, state: ExchangeState): void {
  if (state.collections.has(collection) || key === '') return;
  const { collectionTimeoutSeconds } = state.plan.settings;
  const name = { collection, key, timeoutSeconds: collectionTimeoutSeconds };
  state.collections.set(collection, state.isFork ? state.store.peek(name) : state.store.open(name));
  state.problems.uninspected('collection-evicted', state.store.takeEvictedBytes());
}

/** ENV holds what rules put there with `setenv`, nothing of the process. */
function environment(state: ExchangeState): NamedValues {
  const known = state.collections.get('ENV');
  if (known !== undefined) return known;
  const collection = new Collection(state.limits.collectionNamesMax);
  state.collections.set('ENV', collection);
  return collection;
}

function applySetvar(effect: Effect & { kind: 'setvar' }, state: ExchangeState): void {
  const collection = effect.collection === 'TX' ? state.tx : state.collections.get(effect.collection);
  if (collection === undefined) return;
  const name = variableName(effect.name, state);
  switch (effect.change) {
    case 'unset':
      collection.delete(name);
      return;
    case 'set':
      keep(collection.set(name, expandMacro(effect.value, state)), state);
      return;
    case 'add':
      keep(collection.set(name, collection.number(name) + expandNumber(effect.value, state)), state);
      return;
    case 'subtract':
      keep(collection.set(name, collection.number(name) - expandNumber(effect.value, state)), state);
  }
}

function keep(isKept: boolean, state: ExchangeState): void {
  if (!isKept) state.problems.add('limit.matched', 'rules set more variables than a collection holds');
}

function applyControl(name: string, value: string, state: ExchangeState): void {
  const before = state.switches.get(name) ?? state.plan.settings.auditParts;
  state.switches.set(name, name === 'auditLogParts' ? changedParts(before, value) : value);
  if (name !== 'ruleEngine') return;
  const mode = engineModes.find((one) => one.toLowerCase() === value.toLowerCase());
  if (mode !== undefined) state.engine = mode;
}
