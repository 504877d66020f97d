import { describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import type { RuleState } from '../../src/evaluate/rule-state.ts';
import { computedValues, variableText } from '../../src/evaluate/variables.ts';
import { Inspector } from '../../src/inspect/inspector.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { fieldKind } from '../../src/plan/field-kind.ts';
import { nameSelector, regexSelector } from '../../src/plan/selector.ts';
import { computedVariables } from '../../src/plan/targets.ts';
import { planOf, runExchange } from '../support/exchange.ts';
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
  it('returns every computed variable without failing', () => {
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
  it('returns the first field of a name', () => {
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

  const filled = (): RuleState => {
    const state = createState();
    state.tx.set('a', 'x');
    state.exchange.facts.set('RESPONSE_STATUS', '404');
    return state;
  };

  for (const [variable, key, expected] of [
    ['TX', undefined, undefined],
    ['TX', 'a', 'x'],
    ['TX', 'b', undefined],
    ['IP', undefined, undefined],
    ['IP', 'counter', undefined],
    ['RULE', undefined, undefined],
    ['RULE', 'id', undefined],
    ['RULE', 'severity', undefined],
    ['RULE', 'msg', undefined],
    ['RULE', 'rev', undefined],
    ['MATCHED_VARS', undefined, undefined],
    ['MATCHED_VARS_NAMES', undefined, undefined],
    ['FILES_SIZES', undefined, undefined],
    ['FILES_SIZES', 'a', undefined],
    ['RESPONSE_STATUS', undefined, '404'],
    ['REQUEST_HEADERS', undefined, 'curl'],
    ['ARGS', undefined, undefined],
    ['ARGS', 'a', undefined],
  ] as const) {
    it(`is what a macro shows before any rule: ${variable}${key === undefined ? '' : `.${key}`}`, () => {
      expect(variableText(variable, key, filled())).toBe(expected);
    });
  }
});

describe('a macro', () => {
  for (const [macro, expected] of [
    ['%{RULE.id}', '5'],
    ['%{RULE.severity}', 'CRITICAL'],
    ['%{RULE.msg}', 'found'],
    ['%{RULE.rev}', ''],
    ['%{MATCHED_VAR}', 'evil'],
    ['%{MATCHED_VAR_NAME}', 'ARGS:b'],
    ['%{MATCHED_VARS}', 'evil'],
    ['%{MATCHED_VARS_NAMES}', 'ARGS:b'],
    ['%{TX.kept}', 'seen'],
    ['%{tx.KEPT}', 'seen'],
    ['%{TX.none}', ''],
    ['%{ARGS.a}', 'first'],
    ['%{ARGS}', 'first'],
    ['%{IP.count}', '1'],
    ['%{IP.none}', ''],
    ['%{REQUEST_METHOD}', 'GET'],
    ['%{FILES_SIZES}', ''],
  ] as const) {
    it(`shows ${macro} in a rule that matched`, async () => {
      const rules = `
        SecAction "id:1,phase:1,pass,nolog,initcol:ip=%{REMOTE_ADDR},setvar:ip.count=1,setvar:tx.kept=seen"
        SecRule ARGS "@streq evil" "id:5,phase:2,pass,log,severity:CRITICAL,msg:'found',logdata:'<${macro}>'"`;
      const shown = await planOf(rules);
      const { matches } = runExchange(shown, { target: '/?a=first&b=evil' });
      expect(matches.map(({ logData }) => logData)).toStrictEqual([`<${expected}>`]);
      closePlan(shown);
    });
  }
});
