import { describe, expect, it } from 'vitest';
import { toBytes } from '../../src/base/bytes.ts';
import { limits } from '../../src/base/limits.ts';
import { explainExchange } from '../../src/explain/explain-exchange.ts';
import type { ExplainedRule } from '../../src/explain/explanation.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { planOf } from '../support/exchange.ts';

/** The explanation of rule 9 when a form is sent. */
async function ruleOf(rules: string, target = '/', body = ''): Promise<ExplainedRule> {
  const plan = await planOf(rules);
  const type = { name: 'content-type', value: 'application/x-www-form-urlencoded' };
  try {
    const request = {
      method: body === '' ? 'GET' : 'POST',
      target,
      protocol: 'HTTP/1.1',
      headers: [{ name: 'host', value: 'x' }, ...(body === '' ? [] : [type])],
      body: toBytes(body),
      trailers: [],
    };
    const { rule } = await explainExchange(plan, { request }, { limits, ruleId: 9 });
    expect.assert(rule !== undefined);
    return rule;
  } finally {
    closePlan(plan);
  }
}

/** Target, variable, fate, and the value after each step. */
const looksOf = ({ missed }: ExplainedRule) =>
  missed?.targets.map(({ target, values }) => [
    target,
    ...values.map(({ variable, fate, received, steps }) => [
      variable,
      fate,
      ...[received, ...steps.map(({ value }) => value)].map(({ text }) => text),
    ]),
  ]);

const deny = (line: string) => `SecRule ${line}`;

describe('RuleNotes', () => {
  const cases: readonly (readonly [what: string, rules: string, target: string, body: string, looks: unknown])[] = [
    [
      'every step of every value, also of a rule that no hit calls',
      deny('ARGS|REQUEST_HEADERS:X-Mark "@rx union" "id:9,phase:2,deny,log,t:none,t:urlDecodeUni,t:lowercase"'),
      '/?a=%2555N',
      'b=Un',
      [
        ['ARGS', ['ARGS:a', 'tested', '%55N', 'UN', 'un'], ['ARGS:b', 'tested', 'Un', 'Un', 'un']],
        ['REQUEST_HEADERS:X-Mark'],
      ],
    ],
    [
      'a body that is not there yet in phase 1',
      deny('REQUEST_BODY|ARGS_POST "@rx evil" "id:9,phase:1,deny,log"'),
      '/',
      'a=evil',
      [['REQUEST_BODY'], ['ARGS_POST']],
    ],
    [
      'keys that the rule leaves out',
      deny('ARGS|!ARGS:p "@rx evil" "id:9,phase:2,deny,log"'),
      '/?p=evil&q=x',
      '',
      [['ARGS|!ARGS:p', ['ARGS:p', 'excluded', 'evil'], ['ARGS:q', 'tested', 'x']]],
    ],
    [
      'keys that were taken off at run time',
      `SecAction "id:1,phase:1,nolog,pass,ctl:ruleRemoveTargetById=9;ARGS:p"
      ${deny('ARGS "@rx evil" "id:9,phase:2,deny,log"')}`,
      '/?p=evil',
      '',
      [['ARGS', ['ARGS:p', 'removed', 'evil']]],
    ],
    [
      'counted and computed values',
      `SecRule REQUEST_METHOD "@streq GET" "id:1,phase:1,nolog,pass,setvar:tx.n=3"
      ${deny('&ARGS|TX:none|TX:n "@eq 7" "id:9,phase:2,deny,log"')}`,
      '/?p=1&q=2',
      '',
      [['&ARGS', ['&ARGS', 'tested', '2']], ['TX:none'], ['TX:n', ['TX:n', 'tested', '3']]],
    ],
    [
      'what a negated operator found',
      deny('ARGS:id "!@rx ^[0-9]+$" "id:9,phase:2,deny,log"'),
      '/?id=12',
      '',
      [['ARGS:id', ['ARGS:id', 'tested', '12']]],
    ],
  ];
  for (const [what, rules, target, body, looks] of cases) {
    it(`shows ${what}`, async () => {
      const rule = await ruleOf(rules, target, body);
      expect(rule.outcome).toBe('no-match');
      expect(looksOf(rule)).toStrictEqual(looks);
    });
  }

  it('shows what a macro became', async () => {
    const { missed } = await ruleOf(
      `SecRule REQUEST_METHOD "@streq GET" "id:1,phase:1,nolog,pass,setvar:tx.n=3"
      SecRule &ARGS "@gt %{tx.n}" "id:9,phase:2,deny,log"`,
      '/?a=1',
    );
    expect([missed?.operator, missed?.argument]).toStrictEqual(['@gt %{TX.n}', '3']);
  });

  it('shows the links of a chain that matched, and the one that did not', async () => {
    const { links, missed } = await ruleOf(
      'SecRule ARGS:a "@rx x" "id:9,phase:2,deny,log,chain"\nSecRule ARGS:b "@streq y" "t:lowercase"\n',
      '/?a=x&b=Z',
    );
    expect([links.map(({ operator }) => operator), missed?.line]).toStrictEqual([['@rx x'], 2]);
    expect(missed?.targets[0]?.values[0]?.steps[0]?.value.text).toBe('z');
  });

  const evil = deny('ARGS "@rx evil" "id:9,phase:2,deny,log"');
  const outcomes: readonly (readonly [outcome: ExplainedRule['outcome'], rules: string])[] = [
    ['match', evil],
    ['removed', `SecAction "id:1,phase:1,nolog,pass,ctl:ruleRemoveById=9"\n${evil}`],
    ['not-reached', `SecRule ARGS "@rx evil" "id:1,phase:2,deny,log"\n${evil}`],
    ['not-reached', `SecRule ARGS "@rx evil" "id:1,phase:2,pass,nolog,skipAfter:END"\n${evil}\nSecMarker END\n`],
    ['folded', 'SecAction "id:9,phase:1,nolog,pass,setvar:tx.a=1"'],
  ];
  for (const [outcome, rules] of outcomes) {
    it(`reports that a rule ends as "${outcome}"`, async () => {
      expect((await ruleOf(rules, '/?a=evil')).outcome).toBe(outcome);
    });
  }

  it('limits what it shows of a target', async () => {
    const body = Array.from({ length: 50 }, (_, index) => `a${index}=1`).join('&');
    const { missed } = await ruleOf(evil, '/', body);
    const [args] = missed?.targets ?? [];
    expect([args?.values.length, args?.moreValues]).toStrictEqual([20, 30]);
  });
});
