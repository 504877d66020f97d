import { describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import type { RuleState } from '../../src/evaluate/rule-state.ts';
import { computedValues, variableText } from '../../src/evaluate/variables.ts';
import { Inspector } from '../../src/inspect/inspector.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { fieldKind } from '../../src/plan/field-kind.ts';
import { nameSelector, regexSelector } from '../../src/plan/selector.ts';
import { computedVariables } from '../../src/plan/targets.ts';
import { planOf } from '../support/exchange.ts';
import { ruleStateOf } from '../support/rule-state.ts';

const plan = await planOf('SecAction "id:1,phase:1,pass,nolog,setvar:tx.a=%{REQUEST_HEADERS.User-Agent}"\n');
closePlan(plan);

function createState(): RuleState {
  const inspector = new Inspector({ plan, limits, onFact: () => {} });
  inspector.addText(fieldKind('REQUEST_HEADERS'), 'user-agent', 'curl');
  inspector.addText(fieldKind('REQUEST_HEADERS'), 'user-agent', 'second');
  return ruleStateOf(plan, inspector, { requestId: 'id-7' });
}

const target = (variable: string, selector = undefined as ReturnType<typeof nameSelector> | undefined) => ({
  variable,
  mode: 'each' as const,
  kinds: [],
  selector,
  exclusions: [],
});

describe('computedValues', () => {
  it('answers every computed variable without failing', () => {
    const state = createState();
    for (const name of computedVariables) expect(Array.isArray(computedValues(target(name), state)), name).toBe(true);
  });

  it('selects TX by name and by expression', () => {
    const state = createState();
    state.tx.set('a_1', 'x');
    state.tx.set('a_2', 5);
    state.tx.set('b', 'y');
    expect(computedValues(target('TX', nameSelector('A_1')), state)).toStrictEqual([{ key: 'A_1', value: 'x' }]);
    expect(computedValues(target('TX', regexSelector('^a_')), state)).toStrictEqual([
      { key: 'a_1', value: 'x' },
      { key: 'a_2', value: '5' },
    ]);
    expect(computedValues(target('TX', nameSelector('none')), state)).toStrictEqual([]);
  });

  it('has no value for a fact that is not known', () => {
    const state = createState();
    expect(computedValues(target('RESPONSE_STATUS'), state)).toStrictEqual([]);
    state.exchange.facts.set('RESPONSE_STATUS', '');
    expect(computedValues(target('RESPONSE_STATUS'), state)).toStrictEqual([{ key: '', value: '' }]);
  });

  it('reads the clock in the forms of the manual', () => {
    const state = createState();
    const [time] = computedValues(target('TIME'), state);
    expect(time?.value ?? '').toMatch(/^\d\d:\d\d:\d\d$/);
    expect(computedValues(target('TIME_EPOCH'), state)[0]?.value ?? '').toMatch(/^\d{10}$/);
  });
});

describe('variableText', () => {
  it('takes the first field of a name', () => {
    expect(variableText('REQUEST_HEADERS', 'user-agent', createState())).toBe('curl');
    expect(variableText('REQUEST_HEADERS', 'none', createState())).toBe(undefined);
  });

  it('reads TX, identifiers and unknown names', () => {
    const state = createState();
    state.tx.set('a', 3);
    expect(variableText('TX', 'a', state)).toBe('3');
    expect(variableText('UNIQUE_ID', undefined, state)).toBe('id-7');
    expect(variableText('NOTHING', undefined, state)).toBe(undefined);
  });
});
