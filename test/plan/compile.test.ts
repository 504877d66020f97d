import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { nativeAddon } from '../../src/matching/native.ts';
import { MatcherPool } from '../../src/matching/pool.ts';
import { closePlan, loadPlan } from '../../src/plan/compile.ts';
import { idsOf, planOf, runExchange } from '../support/exchange.ts';

const repository = resolve(import.meta.dirname, '../..');
// biome-ignore lint/complexity/useLiteralKeys: an index signature is read with brackets
const crs = resolve(process.env['WEIR_CRS'] ?? resolve(repository, '../shared/crs'));

describe('loadPlan', () => {
  it('frees every native object when it is closed', async () => {
    const before = nativeAddon().openHandles();
    const plan = await planOf(
      'SecRule ARGS "@rx a" "id:1,phase:2,deny"\nSecRule TX:a "@rx b" "id:2,phase:2,deny"\nSecRule ARGS "@verifyCC [0-9]{16}" "id:3,phase:2,deny"\n',
    );
    const open = nativeAddon().openHandles();
    assert.ok(open.patternSets > before.patternSets);
    assert.equal(open.numberSearches, before.numberSearches + 1);
    closePlan(plan);
    closePlan(plan);
    assert.deepEqual(nativeAddon().openHandles(), before);
  });

  it('frees what it opened for rules of a load that fails', async () => {
    const before = nativeAddon().openHandles();
    const good = 'SecRule ARGS "@verifyCC [0-9]{16}" "id:1,phase:2,deny"\n';
    await assert.rejects(planOf(`${good}SecRule ARGS "@rx (" "id:2,phase:2,deny"\n`));
    assert.deepEqual(nativeAddon().openHandles(), before);
  });

  it('compiles in the pool', async () => {
    const pool = new MatcherPool({ compileThreads: 1, scanThreads: 0 });
    const plan = await planOf('SecRule ARGS "@rx a" "id:1,phase:2,deny"\n', { pool });
    assert.deepEqual(idsOf(runExchange(plan, { target: '/?b=a' })), [1]);
    closePlan(plan);
    await pool.close();
  });

  it('names rules that cannot run beside text that does not parse, in one load', async () => {
    const rules = 'SecRule ARGS "@rx a(" "id:1,phase:2,deny"\nSecRule ARGS "@rx b"\nSecRuleNothing\n';
    await assert.rejects(planOf(`${rules}SecRule ARGS "@within a" "id:2,phase:9,deny"\n`), (error: Error) => {
      assert.equal((error as Error & { readonly code: string }).code, 'seclang.syntax');
      assert.match(error.message, /:1:\d+: rule 1: /, 'the pattern');
      assert.match(error.message, /:3:1: /, 'the directive');
      return true;
    });
  });

  it('names every directive and rule that cannot run', async () => {
    const rules = 'SecRemoteRules a b\nSecRuleEngine Perhaps\nSecRule ARGS "@rbl x" "id:1,phase:2,deny"\n';
    await assert.rejects(planOf(rules), {
      code: 'plan.invalid',
      message: /3 rules or directives.*\n.*:1:1.*\n.*:2:1.*\n.*:3:1/,
    });
    await assert.rejects(planOf(rules, { allowUnsupported: true }), { message: /1 rules or directives/ });
  });

  it('reports directives without effect and goes on', async () => {
    const plan = await planOf('SecTmpDir /tmp\nSecRule ARGS "@rx a" "id:1,phase:2,deny"\n');
    assert.deepEqual(
      plan.diagnostics.problems.map((problem) => problem.kind),
      ['ignored'],
    );
    assert.equal(plan.diagnostics.loadedCount, 1);
    closePlan(plan);
  });

  it('gives notice of removals and jumps that lead nowhere', async () => {
    const plan = await planOf(
      'SecRuleRemoveById 9\nSecAction "id:1,phase:1,pass,nolog,ctl:ruleRemoveByTag=none,skipAfter:NOWHERE"\n',
    );
    closePlan(plan);
    const told = plan.diagnostics.problems.map(({ kind, location, ruleId }) => [kind, location.line, ruleId]);
    assert.deepEqual(told, [
      ['notice', 1, undefined],
      ['notice', 2, 1],
      ['notice', 2, 1],
    ]);
  });

  it('expects them in files of CRS plugins', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'weir-plugin-'));
    mkdirSync(join(folder, 'plugins'));
    const file = join(folder, 'plugins', 'some-before.conf');
    writeFileSync(file, 'SecAction "id:1,phase:1,pass,nolog,ctl:ruleRemoveById=9"\n');
    const plan = await loadPlan([file]);
    closePlan(plan);
    rmSync(folder, { recursive: true });
    assert.deepEqual(
      plan.diagnostics.problems.map(({ kind }) => kind),
      ['expected'],
    );
  });

  it('applies updates that come before and after a rule', async () => {
    const plan = await planOf(
      `SecRuleRemoveById 1
       SecRule ARGS "@rx a" "id:1,phase:2,pass,log"
       SecRule ARGS "@rx a" "id:2,phase:2,pass,log"
       SecRuleUpdateTargetById 2 "!ARGS:free"`,
    );
    assert.deepEqual(idsOf(runExchange(plan, { target: '/?x=a' })), [2]);
    assert.deepEqual(idsOf(runExchange(plan, { target: '/?free=a' })), []);
    closePlan(plan);
  });

  it('loads the starter pack without a problem', async () => {
    const plan = await loadPlan([resolve(repository, 'rules/starter')]);
    closePlan(plan);
    assert.deepEqual(plan.diagnostics.problems, []);
    assert.ok(plan.diagnostics.loadedCount >= 60);
  });

  it('loads all of OWASP CRS', { skip: !existsSync(crs) && `no CRS at ${crs}; set WEIR_CRS` }, async () => {
    const pool = new MatcherPool();
    const plan = await loadPlan([crs], {
      pool,
      allowUnsupported: true,
      cacheFolder: resolve(repository, '.cache/patterns'),
    });
    closePlan(plan);
    await pool.close();
    assert.deepEqual(
      plan.diagnostics.problems.filter((problem) => problem.kind === 'failed'),
      [],
    );
    assert.ok(plan.diagnostics.loadedCount >= 626, `${plan.diagnostics.loadedCount} rules`);
  });
});
