import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { limits, limitsWith } from '../../src/base/limits.ts';
import { ExchangeState } from '../../src/evaluate/exchange-state.ts';
import { expandForLog, expandMacro, expandName, expandNumber, macroValues } from '../../src/evaluate/macros.ts';
import { Inspector } from '../../src/inspect/inspector.ts';
import { Problems } from '../../src/inspect/problems.ts';
import { closePlan } from '../../src/plan/compile.ts';
import { parseMacro } from '../../src/plan/macro.ts';
import { planOf } from '../support/exchange.ts';

const plan = await planOf('SecAction "id:1,phase:1,pass,nolog"\n');
closePlan(plan);
const { fields, hits, problems, work } = new Inspector({ plan, limits, onFact: () => {} });
const state = new ExchangeState({ plan, limits, fields, hits, problems, work, requestId: 'r' });
state.tx.set('score', 7);
state.tx.set('text', '12 apples');

describe('expandMacro', () => {
  it('puts values in their places, and nothing where there is none', () => {
    assert.equal(expandMacro(parseMacro('<%{TX.Score}|%{tx.none}|%{unique_id}>'), state), '<7||r>');
  });
});

describe('a macro that becomes long', () => {
  const bounds = limitsWith({ macroBytesMax: 10, macroWorkBytesMax: 24, fieldNameBytesMax: 8 });
  const open = () => {
    const own = new ExchangeState({
      plan,
      limits: bounds,
      fields,
      hits,
      problems: new Problems(),
      work,
      requestId: 'r',
    });
    own.tx.set('ten', '0123456789');
    return own;
  };

  it('is cut, and that is a problem', () => {
    const own = open();
    assert.equal(expandMacro(parseMacro('%{tx.ten}'), own), '0123456789');
    assert.equal(own.problems.all.length, 0);
    assert.equal(expandMacro(parseMacro('-%{tx.ten}'), own), '-012345678');
    assert.equal(own.problems.all[0]?.cause, 'limit.matched');
  });

  it('is cut for a log without more', () => {
    const own = open();
    const macro = parseMacro('a%{tx.ten}%{tx.ten}b');
    assert.equal(expandForLog(macro, own), 'a012345678');
    assert.deepEqual(macroValues(macro, own), [
      { from: 1, to: 10 },
      { from: 10, to: 10 },
    ]);
    assert.deepEqual([own.problems.all, own.macroBytes], [[], 0]);
  });

  it('is no name', () => {
    const own = open();
    assert.equal(expandName(parseMacro('n%{tx.ten}'), own), undefined);
    assert.equal(expandName(parseMacro('n%{tx.none}'), own), 'n');
    assert.equal(expandName(parseMacro('a name of rules may be long'), own), 'a name of rules may be long');
  });

  it('takes its part of what an exchange has for all of them', () => {
    const own = open();
    for (const expected of ['0123456789', '0123456789', '0123', '', '']) {
      assert.equal(expandMacro(parseMacro('%{tx.ten}'), own), expected);
    }
    assert.equal(own.macroBytes, 24);
    assert.equal(own.fork().macroBytes, 24);
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
