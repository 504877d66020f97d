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
  const { fields, hits, problems, work } = new Inspector({ plan, limits, onFact: () => {} });
  const state = new ExchangeState({ plan, limits, fields, hits, problems, work, requestId: 'r' });
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

  const double = 'setvar:tx.a=%{tx.a}%{tx.a}';
  const growing: readonly (readonly [name: string, actions: string, overrides?: Record<string, number>])[] = [
    ['a value that doubles', `setvar:tx.a=x,${Array.from({ length: 60 }, () => double).join()}`],
    [
      'a value that grows in several names',
      'setvar:tx.a=x,setvar:tx.b=%{tx.a}%{tx.a},setvar:tx.a=%{tx.b}%{tx.b}',
      { macroBytesMax: 3 },
    ],
    [
      'a name that doubles',
      `setvar:tx.n=x,${Array.from({ length: 20 }, () => 'setvar:tx.n=%{tx.n}%{tx.n}').join()},setvar:tx.%{tx.n}=1`,
    ],
    ['many names', Array.from({ length: 9 }, (_, at) => `setvar:tx.${at}xxxx=1`).join(), { txBytesMax: 40 }],
    ['many texts', Array.from({ length: 9 }, (_, at) => `setvar:tx.${at}=xxxx`).join(), { txBytesMax: 40 }],
    ['ENV', Array.from({ length: 9 }, (_, at) => `setenv:${at}=xxxx`).join(), { txBytesMax: 40 }],
    [
      'much text that nobody keeps',
      `setvar:tx.a=xxxx,${Array.from({ length: 9 }, () => 'setvar:tx.b=%{tx.a}').join()}`,
      { macroWorkBytesMax: 20 },
    ],
    [
      'values of a collection',
      `initcol:ip=growing,setvar:ip.a=x,${Array.from({ length: 60 }, () => 'setvar:ip.a=%{ip.a}%{ip.a}').join()}`,
    ],
  ];
  for (const [name, actions, overrides] of growing) {
    it(`bounds ${name}`, () => {
      const { problems, tx, limits, macroBytes, collections } = after(actions, overrides);
      assert.equal(problems.all[0]?.cause, 'limit.matched');
      assert.ok(macroBytes <= limits.macroWorkBytesMax, `${macroBytes} bytes of macros`);
      for (const one of [tx, ...collections.values()]) {
        const bytes = [...one.entries()].reduce((sum, [key, value]) => sum + key.length + value.length, 0);
        assert.ok(bytes <= limits.txBytesMax, `${bytes} bytes of variables`);
      }
    });
  }

  it('keeps no variable under a name that was cut', () => {
    const { tx } = after(`setvar:tx.n=${'x'.repeat(100)},setvar:tx.%{tx.n}=1`, { fieldNameBytesMax: 50 });
    assert.deepEqual(
      [...tx.entries()].map(([name]) => name),
      ['n'],
    );
  });

  it('goes on counting scores when there is no room for anything else', () => {
    const { tx } = after('setvar:tx.score=+5,setvar:tx.a=xxxx,setvar:tx.b=xxxx,setvar:tx.score=+5', { txBytesMax: 10 });
    assert.equal(tx.number('score'), 10);
    assert.equal(tx.get('b'), undefined);
  });

  it('takes a rule, or a target of it, away once, however many values match', () => {
    const state = after('ctl:ruleRemoveById=1,ctl:ruleRemoveTargetById=2;ARGS:a');
    const again = compileActions(
      parseActions(new PlacedText('ctl:ruleRemoveById=1', { file: 'a', line: 1, column: 1 })),
    );
    for (let match = 0; match < 100; match += 1) for (const effect of again.effects) applyEffect(effect, state);
    assert.deepEqual([state.removedRules.length, state.removedTargets.length], [2, 1]);
  });
});
