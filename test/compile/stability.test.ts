import { describe, expect, it } from 'vitest';
import { closePlan } from '../../src/plan/close-plan.ts';
import { planOf, rulesIn } from '../support/exchange.ts';

/** The stability of each rule of phase 2, in order. */
async function stabilities(rules: string): Promise<string[]> {
  const plan = await planOf(rules);
  closePlan(plan);
  return rulesIn(plan, 2).map(({ stability }) => stability);
}

let lastId = 0;
const rule = (text: string, actions = ''): string => {
  lastId += 1;
  return `SecRule ${text} "id:${lastId},phase:2,pass,log${actions}"\n`;
};

describe('classifyStability', () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ['a pattern on body fields', rule('ARGS "@rx x"'), ['monotone']],
    ['a negated pattern, which is known when the field ends', rule('ARGS "!@rx x"'), ['monotone']],
    ['a pattern on the head', rule('REQUEST_HEADERS "@rx x"'), ['stable']],
    ['a count that must be large', rule('&ARGS "@gt 3"'), ['monotone']],
    ['a count that must be small', rule('&ARGS "@lt 3"'), ['unstable']],
    ['a count that must be exact', rule('&ARGS "@eq 3"'), ['unstable']],
    ['a body length that must be large', rule('REQUEST_BODY_LENGTH "@gt 3"'), ['monotone']],
    ['an error flag', rule('REQBODY_ERROR "!@eq 0"'), ['monotone']],
    ['an absent error', rule('REQBODY_ERROR "@eq 0"'), ['unstable']],
    ['time', rule('TIME_HOUR "@gt 3"'), ['unstable']],
    [
      'an environment that a rule may set',
      rule('ARGS "@rx x"', ',setenv:a=1') + rule('&ENV:a "@eq 0"'),
      ['monotone', 'unstable'],
    ],
    [
      'a score that only grows',
      rule('ARGS "@rx x"', ",setvar:'tx.score=+5'") + rule('TX:score "@ge 5"') + rule('TX:score "@lt 5"'),
      ['monotone', 'monotone', 'unstable'],
    ],
    [
      'a score that may shrink',
      rule('ARGS "@rx x"', ",setvar:'tx.score=+5'") +
        rule('ARGS "@rx y"', ",setvar:'tx.score=-5'") +
        rule('TX:score "@ge 5"'),
      ['monotone', 'monotone', 'unstable'],
    ],
    [
      'a score that is reset where no body byte matters',
      rule('ARGS "@rx x"', ",setvar:'tx.score=+5'") +
        rule('REQUEST_METHOD "@rx POST"', ",setvar:'tx.score=0'") +
        rule('TX:score "@lt 5"'),
      ['monotone', 'stable', 'stable'],
    ],
    [
      'a sum of scores',
      rule('ARGS "@rx x"', ",setvar:'tx.part=+5'") +
        rule('REQUEST_METHOD "@rx POST"', ",setvar:'tx.score=+%{tx.part}'") +
        rule('TX:score "@ge 5"'),
      ['monotone', 'stable', 'monotone'],
    ],
    [
      'all matched values, but not the last one',
      rule('ARGS "@rx x"', ',chain').trimEnd() +
        '\nSecRule MATCHED_VARS "@rx y" "t:none"\n' +
        rule('ARGS "@rx x"', ',chain').trimEnd() +
        '\nSecRule MATCHED_VAR "@rx y" "t:none"\n',
      ['monotone', 'unstable'],
    ],
    [
      'names that were built from values',
      rule('ARGS_NAMES "@rx ."', ',setvar:tx.n_%{MATCHED_VAR}=1') + rule('TX:n_a "@ge 1"') + rule('&TX:m "@eq 0"'),
      ['monotone', 'unstable', 'stable'],
    ],
  ];
  for (const [title, rules, expected] of cases) {
    it(`knows ${title}`, async () => expect(await stabilities(rules)).toStrictEqual(expected));
  }
});
