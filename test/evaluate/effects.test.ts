import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { limitsWith } from '../../src/base/limits.ts';
import { applyEffect } from '../../src/evaluate/effects.ts';
import { ExchangeState } from '../../src/evaluate/exchange-state.ts';
import { Inspector } from '../../src/inspect/inspector.ts';
import { closePlan } from '../../src/plan/compile.ts';
import { compileActions } from '../../src/plan/rule-actions.ts';
import { parseActions } from '../../src/seclang/actions.ts';
import { PlacedText } from '../../src/seclang/lexer.ts';
import { planOf } from '../support/exchange.ts';

const plan = await planOf('SecAction "id:1,phase:1,pass,nolog"\n');
closePlan(plan);

/** The state after actions, in order. */
function after(actions: string, overrides: Record<string, number> = {}): ExchangeState {
  const limits = limitsWith(overrides);
  const { fields, hits, problems } = new Inspector({ plan, limits, onFact: () => {} });
  const state = new ExchangeState({ plan, limits, fields, hits, problems, requestId: 'r' });
  const parsed = parseActions(new PlacedText(actions, { file: 'a.conf', line: 1, column: 1 }));
  for (const effect of compileActions(parsed).effects) applyEffect(effect, state);
  return state;
}

describe('applyEffect', () => {
  it('sets, adds, subtracts and unsets', () => {
    const { tx } = after('setvar:tx.A=5,setvar:tx.a=+3,setvar:tx.a=-1,setvar:tx.b=x,setvar:!tx.b,setvar:tx.c=-2');
    assert.deepEqual(
      [...tx.entries()],
      [
        ['a', '7'],
        ['c', '-2'],
      ],
    );
  });

  it('expands macros in names and values', () => {
    const { tx } = after('setvar:tx.n=Foo,setvar:tx.name_%{tx.n}=<%{tx.n}>');
    assert.equal(tx.get('name_foo'), '<Foo>');
  });

  it('changes a collection only after initcol opened it', () => {
    const state = after('setvar:global.a=1,initcol:global=effects-test,setvar:global.b=1');
    assert.deepEqual([...(state.collections.get('GLOBAL')?.entries() ?? [])], [['b', '1']]);
  });

  it('puts setenv into ENV', () => {
    assert.equal(after('setenv:Tenant=%{UNIQUE_ID}').collections.get('ENV')?.get('tenant'), 'r');
  });

  it('switches the engine and keeps other switches', () => {
    const state = after('ctl:ruleEngine=detectiononly,ctl:requestBodyProcessor=XML');
    assert.equal(state.engine, 'DetectionOnly');
    assert.equal(state.switches.get('requestBodyProcessor'), 'XML');
  });

  it('reports variables that found no room', () => {
    const { problems } = after('setvar:tx.a=1,setvar:tx.b=1', { txNamesMax: 1 });
    assert.equal(problems.all[0]?.cause, 'limit.matched');
  });
});
