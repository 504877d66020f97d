import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadPlan } from '../../src/compile/compile.ts';
import { CompilePool } from '../../src/matching/compile-pool.ts';
import { nativeAddon } from '../../src/matching/native.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
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
    expect(open.patternSets).toBeGreaterThan(before.patternSets);
    expect(open.numberSearches).toBe(before.numberSearches + 1);
    closePlan(plan);
    closePlan(plan);
    expect(nativeAddon().openHandles()).toStrictEqual(before);
  });

  it('frees what it opened for rules of a load that fails', async () => {
    const before = nativeAddon().openHandles();
    const good = 'SecRule ARGS "@verifyCC [0-9]{16}" "id:1,phase:2,deny"\n';
    await expect(planOf(`${good}SecRule ARGS "@rx (" "id:2,phase:2,deny"\n`)).rejects.toThrow();
    expect(nativeAddon().openHandles()).toStrictEqual(before);
  });

  it('compiles in the pool', async () => {
    const pool = new CompilePool(1);
    const plan = await planOf('SecRule ARGS "@rx a" "id:1,phase:2,deny"\n', { pool });
    expect(idsOf(runExchange(plan, { target: '/?b=a' }))).toStrictEqual([1]);
    closePlan(plan);
    await pool.close();
  });

  it('names rules that cannot run together with text that does not parse, in one load', async () => {
    const rules = 'SecRule ARGS "@rx a(" "id:1,phase:2,deny"\nSecRule ARGS "@rx b"\nSecRuleNothing\n';
    await expect(planOf(`${rules}SecRule ARGS "@within a" "id:2,phase:9,deny"\n`)).rejects.toThrow(
      expect.toSatisfy((error: Error) => {
        expect((error as Error & { readonly code: string }).code).toBe('seclang.syntax');
        expect(error.message, 'the pattern').toMatch(/:1:\d+: rule 1: /);
        expect(error.message, 'the directive').toMatch(/:3:1: /);
        return true;
      }),
    );
  });

  it('names every directive and rule that cannot run', async () => {
    const rules = 'SecRemoteRules a b\nSecRuleEngine Perhaps\nSecRule ARGS "@rbl x" "id:1,phase:2,deny"\n';
    await expect(planOf(rules)).rejects.toThrow(
      expect.objectContaining({
        code: 'plan.invalid',
        message: expect.stringMatching(/3 rules or directives.*\n.*:1:1.*\n.*:2:1.*\n.*:3:1/),
      }),
    );
    await expect(planOf(rules, { allowUnsupported: true })).rejects.toThrow(
      expect.objectContaining({ message: expect.stringMatching(/1 rules or directives/) }),
    );
  });

  it('reports directives without effect and continues', async () => {
    const plan = await planOf('SecTmpDir /tmp\nSecRule ARGS "@rx a" "id:1,phase:2,deny"\n');
    expect(plan.diagnostics.problems.map((problem) => problem.kind)).toStrictEqual(['ignored']);
    expect(plan.diagnostics.loadedCount).toBe(1);
    closePlan(plan);
  });

  it('reports removals and jumps that lead nowhere', async () => {
    const plan = await planOf(
      'SecRuleRemoveById 9\nSecAction "id:1,phase:1,pass,nolog,ctl:ruleRemoveByTag=none,skipAfter:NOWHERE"\n',
    );
    closePlan(plan);
    const told = plan.diagnostics.problems.map(({ kind, location, ruleId }) => [kind, location.line, ruleId]);
    expect(told).toStrictEqual([
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
    expect(plan.diagnostics.problems.map(({ kind }) => kind)).toStrictEqual(['expected']);
  });

  it('applies updates that come before and after a rule', async () => {
    const plan = await planOf(
      `SecRuleRemoveById 1
       SecRule ARGS "@rx a" "id:1,phase:2,pass,log"
       SecRule ARGS "@rx a" "id:2,phase:2,pass,log"
       SecRuleUpdateTargetById 2 "!ARGS:free"`,
    );
    expect(idsOf(runExchange(plan, { target: '/?x=a' }))).toStrictEqual([2]);
    expect(idsOf(runExchange(plan, { target: '/?free=a' }))).toStrictEqual([]);
    closePlan(plan);
  });

  it('loads the starter pack without a problem', async () => {
    const plan = await loadPlan([resolve(repository, 'rules/starter')]);
    closePlan(plan);
    expect(plan.diagnostics.problems).toStrictEqual([]);
    expect(plan.diagnostics.loadedCount).toBeGreaterThanOrEqual(60);
  });

  it.skipIf(!existsSync(crs) && `no CRS at ${crs}; set WEIR_CRS`)('loads all of OWASP CRS', async () => {
    const pool = new CompilePool();
    const plan = await loadPlan([crs], {
      pool,
      allowUnsupported: true,
      cacheFolder: resolve(repository, '.cache/patterns'),
    });
    closePlan(plan);
    await pool.close();
    expect(plan.diagnostics.problems.filter((problem) => problem.kind === 'failed')).toStrictEqual([]);
    expect(plan.diagnostics.loadedCount, `${plan.diagnostics.loadedCount} rules`).toBeGreaterThanOrEqual(626);
  });
});
