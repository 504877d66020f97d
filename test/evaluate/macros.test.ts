import { describe, expect, it } from 'vitest';
import { limitsWith } from '../../src/base/limits.ts';
import { expandForLog, expandMacro, expandName, expandNumber, macroValues } from '../../src/evaluate/macros.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { parseMacro } from '../../src/plan/macro.ts';
import { planOf } from '../support/exchange.ts';
import { ruleStateOf } from '../support/rule-state.ts';

const plan = await planOf('SecAction "id:1,phase:1,pass,nolog"\n');
closePlan(plan);
const state = ruleStateOf(plan);
state.tx.set('score', 7);
state.tx.set('text', '12 apples');

describe('expandMacro', () => {
  it('inserts values in their places, and nothing for missing ones', () => {
    expect(expandMacro(parseMacro('<%{TX.Score}|%{tx.none}|%{unique_id}>'), state)).toBe('<7||r>');
  });
});

describe('a macro that becomes long', () => {
  const bounds = limitsWith({ macroBytesMax: 10, macroWorkBytesMax: 24, fieldNameBytesMax: 8 });
  const open = () => {
    const own = ruleStateOf(plan, undefined, { limits: bounds });
    own.tx.set('ten', '0123456789');
    return own;
  };

  it('is cut, and that is a problem', () => {
    const own = open();
    expect(expandMacro(parseMacro('%{tx.ten}'), own)).toBe('0123456789');
    expect(own.problems.all.length).toBe(0);
    expect(expandMacro(parseMacro('-%{tx.ten}'), own)).toBe('-012345678');
    expect(own.problems.all[0]?.cause).toBe('limit.matched');
  });

  it('is cut for a log without a problem', () => {
    const own = open();
    const macro = parseMacro('a%{tx.ten}%{tx.ten}b');
    expect(expandForLog(macro, own)).toBe('a012345678');
    expect(macroValues(macro, own)).toStrictEqual([
      { from: 1, to: 10 },
      { from: 10, to: 10 },
    ]);
    expect([own.problems.all, own.macroBytes]).toStrictEqual([[], 0]);
  });

  it('is no name', () => {
    const own = open();
    expect(expandName(parseMacro('n%{tx.ten}'), own)).toBe(undefined);
    expect(expandName(parseMacro('n%{tx.none}'), own)).toBe('n');
    expect(expandName(parseMacro('a name of rules may be long'), own)).toBe('a name of rules may be long');
  });

  it('counts towards an exchange’s limit for all of them', () => {
    const own = open();
    for (const expected of ['0123456789', '0123456789', '0123', '', '']) {
      expect(expandMacro(parseMacro('%{tx.ten}'), own)).toBe(expected);
    }
    expect(own.macroBytes).toBe(24);
    expect(own.clone().macroBytes).toBe(24);
  });
});

describe('macroValues', () => {
  it('reports where values are, and does not count names', () => {
    expect(macroValues(parseMacro('<%{tx.text}|%{tx.none}|%{unique_id}|%{matched_var_name}>'), state)).toStrictEqual([
      { from: 1, to: 10 },
      { from: 11, to: 11 },
    ]);
    expect(macroValues(parseMacro('plain'), state)).toStrictEqual([]);
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
    it(`reads ${text}`, () => expect(expandNumber(parseMacro(text), state)).toBe(expected));
  }
});
