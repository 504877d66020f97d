import { describe, expect, it } from 'vitest';
import { closePlan } from '../../src/plan/close-plan.ts';
import { describeDiagnostic } from '../../src/plan/diagnostics.ts';
import { planOf, rulesIn } from '../support/exchange.ts';

async function problemsOf(rules: string): Promise<string[]> {
  const plan = await planOf(rules, { allowUnsupported: true });
  closePlan(plan);
  return plan.diagnostics.problems.map(describeDiagnostic).map((text) => text.replace(/^.*test\.conf/, 'test.conf'));
}

/** The only rule of phase 2. */
async function ruleAfter(rules: string) {
  const plan = await planOf(rules);
  closePlan(plan);
  return rulesIn(plan, 2)[0];
}

describe('RuleCompiler', () => {
  it('skips a whole chain, with the place of what is unsupported', async () => {
    const rules = 'SecRule ARGS "@rx a" "id:1,phase:2,deny,chain"\n  SecRule ARGS "@rbl x" "t:none"\n';
    expect(await problemsOf(rules)).toStrictEqual(['test.conf:2:3: rule 1 skipped: operator @rbl']);
  });

  it('names the rule that exceeds the limit of transformation steps', async () => {
    const names = [
      'lowercase',
      'urlDecode',
      'trim',
      'removeNulls',
      'cssDecode',
      'jsDecode',
      'hexDecode',
      'base64Decode',
    ];
    const lists = names.flatMap((a) =>
      names.flatMap((b) =>
        names.flatMap((c) => names.flatMap((d) => [a, b, c, d].map((name) => `t:${name}`).join(','))),
      ),
    );
    const rules = lists.map((list, at) => `SecAction "id:${at + 1},phase:1,pass,nolog,${list}"\n`);
    await expect(planOf(rules.join(''))).rejects.toThrow(
      /test\.conf:\d+:1: rule \d+ failed: the rules before this one have 4000/,
    );
  });

  it('rejects an id that is in use', async () => {
    await expect(planOf('SecAction "id:1,phase:1,pass"\nSecAction "id:1,phase:2,pass"\n')).rejects.toThrow(
      expect.objectContaining({
        code: 'plan.invalid',
        message: expect.stringMatching(/test\.conf:2:1: rule 1 failed: id 1 is already used at .*test\.conf:1/),
      }),
    );
  });

  for (const text of ['SecRule ARGS "@rx a" "phase:2,deny"', 'SecRule ARGS "@rx a"', 'SecAction "phase:1,pass"']) {
    it(`refuses a rule without an id: ${text}`, async () => {
      await expect(planOf(text)).rejects.toThrow(
        expect.objectContaining({
          code: 'plan.invalid',
          message: expect.stringMatching(/test\.conf:1:1: failed: the rule has no id/),
        }),
      );
    });
  }

  it('reports which actions of a later link have no effect', async () => {
    const chain = (actions: string): string =>
      `SecRule ARGS "@rx a" "id:1,phase:2,deny,chain"\n  SecRule ARGS "@rx b" "${actions}"\n`;
    for (const actions of [
      'deny,status:401',
      'id:2',
      'phase:2',
      'skipAfter:END',
      'skip:1',
      "redirect:'/x'",
      'block,t:none',
      'allow',
      'drop',
    ]) {
      const names = actions
        .split(',')
        .map((one) => one.split(':')[0])
        .filter((name) => name !== 't')
        .join(', ');
      expect(await problemsOf(chain(actions))).toStrictEqual([
        `test.conf:2:3: rule 1 notice: ${names}: only the first rule of a chain can have this, here it has no effect`,
      ]);
    }
    for (const actions of [
      "t:none,setvar:tx.a=1,msg:'m',tag:'t',severity:2,capture,multiMatch",
      'ctl:ruleRemoveById=1',
      'pass',
      'nolog',
    ]) {
      expect(await problemsOf(chain(actions))).toStrictEqual([]);
    }
  });

  const oneFault: readonly (readonly [rules: string, ...errors: readonly string[]])[] = [
    ['SecRule ARGS "@rx a" "id:1,phase:2,dney"', '1:36: unknown action "dney"'],
    [
      'SecRule ARGS "@rx a" "id:1,phase:2,t:lowercse"',
      '1:38: unknown transformation "lowercse", did you mean lowercase?',
    ],
    ['SecRule ARGS "@rx a" "id:1,ctl:ruleEngin=Off"', '1:32: unknown ctl option "ruleEngin", did you mean ruleEngine?'],
    ['SecRule ARSG "@rx a" "id:1,deny"', '1:9: unknown variable "ARSG"'],
    ['SecRule !ARSG:x "@rx a" "id:1,deny"', '1:10: unknown variable "ARSG"'],
    ['SecRule ARGS "@rxx a" "id:1,deny"', '1:15: unknown operator "@rxx", did you mean @rx?'],
    [
      'SecRule ARSG "@rxx a" "id:1,deny"',
      '1:9: unknown variable "ARSG"',
      '1:15: unknown operator "@rxx", did you mean @rx?',
    ],
    ['SecAction "id:1,pas"', '1:17: unknown action "pas", did you mean pass?'],
    ['SecRule ARGS "@rx a" "id:1,dney,chain"\nSecRule ARGS "@rx b"', '1:28: unknown action "dney"'],
    [
      'SecRule ARGS "@rx a" "chain,dney"\nSecRule ARGS "@rx b" "t:none,chain"\nSecRule ARGS "@rx c"',
      '1:29: unknown action "dney"',
    ],
    ['SecRule ARGS "@rx a" "id:1,chain"\nSecRule ARSG "@rx b"', '2:9: unknown variable "ARSG"'],
    [
      'SecRule ARGS "@rx a" "id:1,chain"\nSecRule ARGS "@rx b" "t:nne,chain"\nSecRule ARGS "@rx c"',
      '2:25: unknown transformation "nne", did you mean none?',
    ],
    [
      'SecRule ARGS "@rx a" "id:1,dney"\nSecRule ARGS "@rx (" "id:2"',
      '1:28: unknown action "dney"',
      '2:1: rule 2: parenthesis is not closed (column 1 of the pattern: "(")',
    ],
    [
      'SecRule ARGS "@rx a" "id:1,dney"\nSecRule ARGS "@rx a" "deny"',
      '1:28: unknown action "dney"',
      '2:1: the rule has no id: write one, e.g. id:100001',
    ],
    [
      'SecRule ARGS "@rx a" "id:1,dney"\nSecRuleUpdateTargetById 1 "!ARSG"',
      '1:28: unknown action "dney"',
      '2:2: unknown variable "ARSG"',
    ],
  ];
  for (const [rules, ...errors] of oneFault) {
    it(`reports one fault once: ${rules}`, async () => {
      const thrown: unknown = await planOf(`${rules}\n`).catch((error: unknown) => error);
      const lines = (thrown as Error).message.split('\n').filter((line) => line.includes('test.conf:'));
      expect(lines.map((line) => line.replace(/^.*test\.conf:/, ''))).toStrictEqual(errors);
    });
  }

  it('makes block do what the phase’s default does', async () => {
    const block = 'SecRule ARGS "@rx a" "id:1,phase:2,block"\n';
    expect((await ruleAfter(block))?.disruption).toBe('pass');
    const denied = await ruleAfter(`SecDefaultAction "phase:2,log,deny,status:406"\n${block}`);
    expect([denied?.disruption, denied?.status]).toStrictEqual(['deny', 406]);
  });

  it('does not give the status of the default to a rule that denies by itself', async () => {
    const rule = await ruleAfter(
      'SecDefaultAction "phase:2,log,deny,status:406"\nSecRule ARGS "@rx a" "id:1,phase:2,deny"\n',
    );
    expect(rule?.status).toBe(403);
  });

  it('takes logging from the default unless the rule sets it', async () => {
    const defaults = 'SecDefaultAction "phase:2,nolog,pass"\n';
    expect((await ruleAfter(`${defaults}SecRule ARGS "@rx a" "id:1,phase:2"\n`))?.isLogged).toBe(false);
    expect((await ruleAfter(`${defaults}SecRule ARGS "@rx a" "id:1,phase:2,log"\n`))?.isLogged).toBe(true);
  });

  it('reports actions that have no effect', async () => {
    expect(await problemsOf('SecRule ARGS "@rx a" "id:1,phase:2,pass,pause:5"\n')).toStrictEqual([
      'test.conf:1:41: rule 1 ignored: pause: responses are never delayed on purpose',
    ]);
  });

  it('reports a jump that leads nowhere', async () => {
    const plan = await planOf(`SecAction "id:1,phase:1,pass,nolog,skipAfter:END"
      SecAction "id:2,phase:1,pass,nolog,skipAfter:nowhere"
      SecMarker END`);
    closePlan(plan);
    const said = plan.diagnostics.problems.map(({ ruleId, reason }) => [ruleId, reason]);
    expect(said).toStrictEqual([[2, 'skipAfter: there is no marker "nowhere", so the rest of the phase is skipped']]);
  });

  it('does without a macro that is only logged, and reports it', async () => {
    expect(
      await problemsOf('SecRule ARGS "@rx a" "id:1,phase:2,pass,msg:\'%{TX_SCORE}\',logdata:%{GEO.CODE}"\n'),
    ).toStrictEqual([
      'test.conf:1:1: rule 1 ignored: macro %{TX_SCORE}: there is no such variable',
      'test.conf:1:1: rule 1 ignored: macro %{GEO}: variable GEO',
    ]);
  });
});
