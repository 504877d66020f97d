// Rules that fill variables with what a client sends, and requests that exploit it: memory and work stay limited, and the
// exchange is handled by policy when there is no more room.

import { describe, expect, it } from 'vitest';
import { closePlan } from '../../src/plan/close-plan.ts';
import { planOf, runExchange } from '../support/exchange.ts';

const each = (actions: string): string => `SecRule ARGS "@rx ." "id:1,phase:2,pass,nolog,${actions}"`;
const repeat = (count: number, text: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => text(at)).join();

const cases: readonly (readonly [name: string, rules: string, target: string, count: number])[] = [
  ['a variable that takes itself twice', each('setvar:tx.a=x%{tx.a}%{tx.a}'), '/', 40],
  ['two that take each other', each('setvar:tx.a=x%{tx.b}%{tx.b},setvar:tx.b=x%{tx.a}%{tx.a}'), '/', 40],
  ['a number of a variable that takes itself', each('setvar:tx.a=1%{tx.a}%{tx.a},setvar:tx.n=+%{tx.a}'), '/', 40],
  [
    'names out of a long path',
    each(repeat(10, (at) => `setvar:tx.%{REQUEST_URI}_${at}_%{MATCHED_VAR_NAME}=1`)),
    `/${'u'.repeat(50_000)}`,
    5_000,
  ],
  [
    'names out of a path that is short enough',
    each(repeat(10, (at) => `setvar:tx.%{REQUEST_URI}_${at}_%{MATCHED_VAR_NAME}=1`)),
    `/${'u'.repeat(3_000)}`,
    5_000,
  ],
  [
    'an argument of thousands of references',
    `SecRule ARGS "@streq ${'%{REQUEST_URI}'.repeat(1_000)}" "id:1,phase:2,pass"`,
    `/${'u'.repeat(50_000)}`,
    1,
  ],
  ['a value that goes into ENV', each('setenv:a=x%{ENV.a}%{ENV.a}'), '/', 40],
  [
    'a value that outlives the exchange',
    `SecAction "id:9,phase:1,pass,nolog,initcol:ip=growth"\n${each('setvar:ip.a=x%{ip.a}%{ip.a}')}`,
    '/',
    40,
  ],
];

describe('variables that grow with what a client sends', () => {
  for (const [name, rules, target, count] of cases) {
    it(`stop at a limit: ${name}`, async (test) => {
      const plan = await planOf(rules);
      test.onTestFinished(() => closePlan(plan));
      const summary = runExchange(plan, {
        target,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: Array.from({ length: count }, (_, at) => `a${at}=v`).join('&'),
      });
      expect(summary.problems.map(({ cause }) => cause)).toStrictEqual(['limit.matched']);
    });
  }

  it('are the text of a log up to its limit, and no more', async (test) => {
    const plan = await planOf(
      `SecRule ARGS "@rx ." "id:1,phase:2,pass,log,msg:'${'%{REQUEST_URI}'.repeat(50)}',logdata:'%{REQUEST_URI}%{REQUEST_URI}'"`,
    );
    test.onTestFinished(() => closePlan(plan));
    const { matches, problems } = runExchange(plan, { target: `/?a=${'u'.repeat(50_000)}` });
    expect(problems).toStrictEqual([]);
    expect([matches[0]?.message.length, matches[0]?.logData.length]).toStrictEqual([65_536, 65_536]);
  });
});
