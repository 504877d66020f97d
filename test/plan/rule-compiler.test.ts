import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { closePlan } from '../../src/plan/compile.ts';
import { describeDiagnostic } from '../../src/plan/diagnostics.ts';
import { planOf } from '../support/exchange.ts';

async function problemsOf(rules: string): Promise<string[]> {
  const plan = await planOf(rules, { allowUnsupported: true });
  closePlan(plan);
  return plan.diagnostics.problems.map(describeDiagnostic).map((text) => text.replace(/^.*test\.conf/, 'test.conf'));
}

/** The only rule of phase 2. */
async function ruleAfter(rules: string) {
  const plan = await planOf(rules);
  closePlan(plan);
  return plan.phases[2]?.rules[0];
}

describe('RuleCompiler', () => {
  it('skips a chain whole, at the place of what is not supported', async () => {
    const rules = 'SecRule ARGS "@rx a" "id:1,phase:2,deny,chain"\n  SecRule ARGS "@rbl x" "t:none"\n';
    assert.deepEqual(await problemsOf(rules), ['test.conf:2:3: rule 1 skipped: operator @rbl']);
  });

  it('refuses an id that is taken', async () => {
    await assert.rejects(planOf('SecAction "id:1,phase:1,pass"\nSecAction "id:1,phase:2,pass"\n'), {
      code: 'plan.invalid',
      message: /test\.conf:2:1: rule 1 failed: id 1 is already used at .*test\.conf:1/,
    });
  });

  for (const text of ['SecRule ARGS "@rx a" "phase:2,deny"', 'SecRule ARGS "@rx a"', 'SecAction "phase:1,pass"']) {
    it(`refuses a rule without an id: ${text}`, async () => {
      await assert.rejects(planOf(text), {
        code: 'plan.invalid',
        message: /test\.conf:1:1: failed: the rule has no id/,
      });
    });
  }

  it('lets block do what the default of the phase says', async () => {
    const block = 'SecRule ARGS "@rx a" "id:1,phase:2,block"\n';
    assert.equal((await ruleAfter(block))?.disruption, 'pass');
    const denied = await ruleAfter(`SecDefaultAction "phase:2,log,deny,status:406"\n${block}`);
    assert.deepEqual([denied?.disruption, denied?.status], ['deny', 406]);
  });

  it('does not give the status of the default to a rule that denies by itself', async () => {
    const rule = await ruleAfter(
      'SecDefaultAction "phase:2,log,deny,status:406"\nSecRule ARGS "@rx a" "id:1,phase:2,deny"\n',
    );
    assert.equal(rule?.status, 403);
  });

  it('takes logging from the default unless the rule says otherwise', async () => {
    const defaults = 'SecDefaultAction "phase:2,nolog,pass"\n';
    assert.equal((await ruleAfter(`${defaults}SecRule ARGS "@rx a" "id:1,phase:2"\n`))?.isLogged, false);
    assert.equal((await ruleAfter(`${defaults}SecRule ARGS "@rx a" "id:1,phase:2,log"\n`))?.isLogged, true);
  });

  it('reports actions that have no effect', async () => {
    assert.deepEqual(await problemsOf('SecRule ARGS "@rx a" "id:1,phase:2,pass,pause:5"\n'), [
      'test.conf:1:41: rule 1 ignored: pause: an answer is never delayed on purpose',
    ]);
  });

  it('says that a jump leads nowhere', async () => {
    const plan = await planOf(`SecAction "id:1,phase:1,pass,nolog,skipAfter:END"
      SecAction "id:2,phase:1,pass,nolog,skipAfter:nowhere"
      SecMarker END`);
    closePlan(plan);
    const said = plan.diagnostics.problems.map(({ ruleId, reason }) => [ruleId, reason]);
    assert.deepEqual(said, [[2, 'skipAfter: there is no marker "nowhere", so the rest of the phase is skipped']]);
  });

  it('goes without a macro that is only logged, and says so', async () => {
    assert.deepEqual(
      await problemsOf('SecRule ARGS "@rx a" "id:1,phase:2,pass,msg:\'%{TX_SCORE}\',logdata:%{GEO.CODE}"\n'),
      [
        'test.conf:1:1: rule 1 ignored: macro %{TX_SCORE}: there is no such variable',
        'test.conf:1:1: rule 1 ignored: macro %{GEO}: variable GEO',
      ],
    );
  });
});
