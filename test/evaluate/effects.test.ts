import { describe, expect, it } from 'vitest';
import { limitsWith } from '../../src/base/limits.ts';
import { compileActions } from '../../src/compile/rule-actions.ts';
import { applyEffect } from '../../src/evaluate/effects.ts';
import type { RuleState } from '../../src/evaluate/rule-state.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { parseActions } from '../../src/seclang/actions.ts';
import { PlacedText } from '../../src/seclang/lexer.ts';
import { planOf } from '../support/exchange.ts';
import { ruleStateOf } from '../support/rule-state.ts';

const plan = await planOf('SecAction "id:1,phase:1,pass,nolog"\n');
closePlan(plan);

/** The state after actions, in order. */
function stateAfter(actions: string, overrides: Record<string, number> = {}): RuleState {
  const state = ruleStateOf(plan, undefined, { limits: limitsWith(overrides) });
  const parsed = parseActions(new PlacedText(actions, { file: 'a.conf', line: 1, column: 1 }));
  for (const effect of compileActions(parsed).effects) applyEffect(effect, state);
  return state;
}

describe('applyEffect', () => {
  it('sets, adds, subtracts and unsets', () => {
    const { tx } = stateAfter('setvar:tx.A=5,setvar:tx.a=+3,setvar:tx.a=-1,setvar:tx.b=x,setvar:!tx.b,setvar:tx.c=-2');
    expect([...tx.entries()]).toStrictEqual([
      ['a', '7'],
      ['c', '-2'],
    ]);
  });

  it('expands macros in names and values', () => {
    const { tx } = stateAfter('setvar:tx.n=Foo,setvar:tx.name_%{tx.n}=<%{tx.n}>');
    expect(tx.get('name_foo')).toBe('<Foo>');
  });

  it('changes a collection only after initcol opened it', () => {
    const state = stateAfter('setvar:global.a=1,initcol:global=effects-test,setvar:global.b=1');
    expect([...(state.collections.get('GLOBAL')?.entries() ?? [])]).toStrictEqual([['b', '1']]);
  });

  it('puts setenv into ENV', () => {
    expect(stateAfter('setenv:Tenant=%{UNIQUE_ID}').collections.get('ENV')?.get('tenant')).toBe('r');
  });

  it('switches the engine and keeps other switches', () => {
    const state = stateAfter('ctl:ruleEngine=detectiononly,ctl:requestBodyProcessor=XML');
    expect(state.engine).toBe('DetectionOnly');
    expect(state.switches.get('requestBodyProcessor')).toBe('XML');
  });

  it('reports variables without room', () => {
    const { problems } = stateAfter('setvar:tx.a=1,setvar:tx.b=1', { txNamesMax: 1 });
    expect(problems.all[0]?.cause).toBe('limit.matched');
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
      const { problems, tx, exchange, macroBytes, collections } = stateAfter(actions, overrides);
      expect(problems.all[0]?.cause).toBe('limit.matched');
      expect(macroBytes, `${macroBytes} bytes of macros`).toBeLessThanOrEqual(exchange.limits.macroWorkBytesMax);
      for (const one of [tx, ...collections.values()]) {
        const bytes = [...one.entries()].reduce((sum, [key, value]) => sum + key.length + value.length, 0);
        expect(bytes, `${bytes} bytes of variables`).toBeLessThanOrEqual(exchange.limits.txBytesMax);
      }
    });
  }

  it('keeps no variable under a name that was cut', () => {
    const { tx } = stateAfter(`setvar:tx.n=${'x'.repeat(100)},setvar:tx.%{tx.n}=1`, { fieldNameBytesMax: 50 });
    expect([...tx.entries()].map(([name]) => name)).toStrictEqual(['n']);
  });

  it('continues to count scores when there is no room for anything else', () => {
    const { tx } = stateAfter('setvar:tx.score=+5,setvar:tx.a=xxxx,setvar:tx.b=xxxx,setvar:tx.score=+5', {
      txBytesMax: 10,
    });
    expect(tx.number('score')).toBe(10);
    expect(tx.get('b')).toBe(undefined);
  });

  it('removes a rule, or a target of it, once, however many values match', () => {
    const state = stateAfter('ctl:ruleRemoveById=1,ctl:ruleRemoveTargetById=2;ARGS:a');
    const again = compileActions(
      parseActions(new PlacedText('ctl:ruleRemoveById=1', { file: 'a', line: 1, column: 1 })),
    );
    for (let match = 0; match < 100; match += 1) for (const effect of again.effects) applyEffect(effect, state);
    expect([state.removedRules.length, state.removedTargets.length]).toStrictEqual([2, 1]);
  });
});
