import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { limits } from '../../src/base/limits.ts';
import { ExchangeState } from '../../src/evaluate/exchange-state.ts';
import { expandMacro, expandNumber, macroValues } from '../../src/evaluate/macros.ts';
import { Inspector } from '../../src/inspect/inspector.ts';
import { closePlan } from '../../src/plan/compile.ts';
import { parseMacro } from '../../src/plan/macro.ts';
import { planOf } from '../support/exchange.ts';

const plan = await planOf('SecAction "id:1,phase:1,pass,nolog"\n');
closePlan(plan);
const { fields, hits, problems } = new Inspector({ plan, limits, onFact: () => {} });
const state = new ExchangeState({ plan, limits, fields, hits, problems, requestId: 'r' });
state.tx.set('score', 7);
state.tx.set('text', '12 apples');

describe('expandMacro', () => {
  it('puts values in their places, and nothing where there is none', () => {
    assert.equal(expandMacro(parseMacro('<%{TX.Score}|%{tx.none}|%{unique_id}>'), state), '<7||r>');
  });
});

describe('macroValues', () => {
  it('tells where values stand, and that names are none', () => {
    assert.deepEqual(macroValues(parseMacro('<%{tx.text}|%{tx.none}|%{unique_id}|%{matched_var_name}>'), state), [
      { from: 1, to: 10 },
      { from: 11, to: 11 },
    ]);
    assert.deepEqual(macroValues(parseMacro('plain'), state), []);
  });
});

describe('expandNumber', () => {
  const cases: readonly (readonly [string, number])[] = [
    ['%{tx.score}', 7],
    ['%{tx.text}', 12],
    ['%{tx.none}', 0],
    ['-3', -3],
    ['x', 0],
    ['1%{tx.score}', 17],
  ];
  for (const [text, expected] of cases) {
    it(`reads ${text}`, () => assert.equal(expandNumber(parseMacro(text), state), expected));
  }
});
