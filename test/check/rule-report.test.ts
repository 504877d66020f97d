import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type RuleReport, reportErrors, reportPlan } from '../../src/check/rule-report.ts';
import { loadPlan } from '../../src/compile/compile.ts';
import { nativeAddon } from '../../src/matching/native.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { SeclangErrors } from '../../src/seclang/seclang-error.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-report-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Loads rule texts as files a.conf, b.conf, … */
async function reportOf(texts: readonly string[], allowUnsupported = false): Promise<RuleReport> {
  const files = texts.map((text, index) => {
    const file = join(folder, `${'abc'[index]}.conf`);
    writeFileSync(file, text);
    return file;
  });
  const plan = await loadPlan(files, { keepGoing: true });
  try {
    return reportPlan(plan, { allowUnsupported, transformNames: nativeAddon().transformNames() });
  } finally {
    closePlan(plan);
  }
}

const loading = 'SecRule ARGS "@rx evil" "id:1,phase:2,deny,t:none,t:lowercase"\n';
const skipping = 'SecTmpDir /tmp\nSecRule ARGS "@rbl x" "id:2,phase:2,deny"\n';
const failing = 'SecRule ARGS "@rx a" "id:3,phase:2,deny"\n\n  SecRule ARGS "@rx a" "id:3,phase:2,deny"\n';

describe('reportPlan', () => {
  it('counts rules by file', async () => {
    const report = await reportOf([loading, skipping, failing]);
    expect(report.files).toStrictEqual([
      { file: join(folder, 'a.conf'), loaded: 1, skipped: 0, failed: 0 },
      { file: join(folder, 'c.conf'), loaded: 1, skipped: 0, failed: 1 },
      { file: join(folder, 'b.conf'), loaded: 0, skipped: 1, failed: 0 },
    ]);
    expect([report.loaded, report.skipped, report.failed]).toStrictEqual([2, 1, 1]);
  });

  it('places every problem', async () => {
    const { problems } = await reportOf([loading, skipping, failing]);
    const places = problems.map(({ kind, file, line, column, ruleId }) => [kind, file.at(-6), line, column, ruleId]);
    expect(places.sort((a, b) => String(a).localeCompare(String(b)))).toStrictEqual([
      ['failed', 'c', 3, 3, 3],
      ['ignored', 'b', 1, 1, undefined],
      ['skipped', 'b', 2, 1, 2],
    ]);
    for (const { reason } of problems) expect(reason).not.toBe('');
  });

  it('passes exactly when a server would start', async () => {
    expect((await reportOf([loading])).isFine).toBe(true);
    expect((await reportOf([loading, skipping])).isFine).toBe(false);
    expect((await reportOf([loading, skipping], true)).isFine).toBe(true);
    expect((await reportOf([loading, failing], true)).isFine).toBe(false);
    expect((await reportOf(['SecRuleEngine On\n'])).isFine, 'no rule at all').toBe(false);
  });

  it('reports for each pattern its engine, its chain, its rules, and the reason', async () => {
    const { patterns } = await reportOf([
      `${loading}SecRule ARGS "@rx evil" "id:5,phase:2,deny,t:none,t:lowercase"
SecRule ARGS "@rx x(?:^y|z)" "id:6,phase:2,deny,chain"
  SecRule ARGS_POST "@rx second" "t:none"
SecRule ARGS_POST "@gt 5" "id:7,phase:2,deny,t:length"
SecRule ARGS "!@rx ok" "id:8,phase:2,deny"
`,
    ]);
    expect(
      patterns.map(({ operator, chain, engine, ruleIds }) => [operator, chain.join(), engine, ruleIds.join()]),
    ).toStrictEqual([
      ['rx', 'lowercase', 'hyperscan', '1,5'],
      ['rx', '', 're2', '6'],
      ['rx', '', 'hyperscan', '6'],
      ['rx', '', 'hyperscan', '8'],
      ['@gt 5', 'length', 'script', '7'],
      ['!rx', '', 'script', '8'],
    ]);
    expect(patterns[1]?.why ?? '').toMatch(/anchor/);
    expect(patterns[0]?.why).toBe('');
    expect(patterns[4]?.why ?? '').toMatch(/not a pattern/);
    expect(patterns[5]?.why ?? '').toMatch(/pattern 3 must not be found/);
  });

  it('has the size and origin of each pattern set', async () => {
    const { sets, loadMs } = await reportOf([loading]);
    expect(loadMs).toBeGreaterThan(0);
    expect(sets.length).toBeGreaterThan(0);
    for (const set of sets) {
      expect(set.patternCount > 0 && set.databaseBytes > 0).toBe(true);
      expect(set.chain).toStrictEqual(['lowercase']);
      expect(set.fromCache).toBe(false);
    }
    expect(sets.some(({ streamBytes }) => streamBytes > 0)).toBe(true);
  });

  it('reports patterns that no rule can use', async () => {
    const { patterns } = await reportOf([
      `SecAction "id:1,phase:1,pass,nolog,setvar:tx.level=1"
SecRule TX:level "@lt 2" "id:2,phase:2,pass,nolog,skipAfter:END"
SecRule ARGS "@rx never" "id:3,phase:2,deny"
SecMarker END
SecRule ARGS "@rx always" "id:4,phase:2,deny"
`,
    ]);
    expect(patterns.filter(({ operator }) => operator === 'rx').map(({ ruleIds }) => ruleIds)).toStrictEqual([[], [4]]);
  });
});

describe('reportErrors', () => {
  it('keeps every place and drops nothing', async () => {
    const file = join(folder, 'broken.conf');
    writeFileSync(file, 'SecRule\nSecRule ARGS "@nothing x" "id:1"\n');
    const error = await loadPlan([file]).then(
      () => expect.fail('loaded'),
      (thrown: unknown) => thrown,
    );
    expect.assert(error instanceof SeclangErrors);
    const report = reportErrors(error);
    expect(report.isFine).toBe(false);
    expect(report.problems.map(({ kind, line }) => [kind, line])).toStrictEqual([
      ['syntax', 1],
      ['syntax', 2],
    ]);
    for (const { reason } of report.problems) expect(reason, 'the place is not said twice').not.toMatch(/broken\.conf/);
  });
});
