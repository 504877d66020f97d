// The regression tests of the OWASP Core Rule Set against the engine in this process: all of them, at paranoia level 4,
// with bodies cut in every way. Expected failures are in crs/exceptions.yaml, with its reason.

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { loadPlan } from '../../src/compile/compile.ts';
import { engineTarget } from '../../src/ftw/engine-target.ts';
import { readIgnoreList } from '../../src/ftw/ignore-list.ts';
import { formatReport } from '../../src/ftw/report.ts';
import { runTests } from '../../src/ftw/runner.ts';
import { readTests } from '../../src/ftw/suite-reader.ts';
import { CompilePool } from '../../src/matching/compile-pool.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { describeDiagnostic } from '../../src/plan/diagnostics.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { crsFolder, crsMissing } from '../support/crs-folder.ts';

const settings = join(import.meta.dirname, 'crs', 'settings.conf');
const exceptions = readIgnoreList(join(import.meta.dirname, 'crs', 'exceptions.yaml'));
const cacheFolder = join(import.meta.dirname, '../../.cache/pattern-sets');

/** How many of the 5,003 tests of CRS 4.28 must pass. */
const passedMin = 5_002;

describe.skipIf(crsMissing)('the CRS regression tests', () => {
  let plan: Plan;
  beforeAll(async () => {
    const pool = new CompilePool();
    plan = await loadPlan([settings, crsFolder], { pool, cacheFolder }).finally(() => pool.close());
  });
  afterAll(() => closePlan(plan));

  it('load every rule', () => {
    const lost = plan.diagnostics.problems.filter(({ kind }) => kind !== 'ignored');
    expect(lost.map(describeDiagnostic)).toStrictEqual([]);
  });

  it('pass, with the same rules and log lines however bodies are cut', async () => {
    const tests = readTests([join(crsFolder, 'tests')]);
    const report = await runTests(tests, engineTarget(plan, { limits }, ['whole', 1, 7, 65_536]), {
      ignored: exceptions,
    });
    expect(report.failed, formatReport(report, 'human')).toBe(0);
    expect(report.passed, `${report.passed} of ${report.total} pass`).toBeGreaterThanOrEqual(passedMin);
    expect(
      report.ignoredTests.filter(({ passes }) => passes),
      'an exception that passes is none',
    ).toStrictEqual([]);
    expect(report.ignored, 'an exception names a test that does not exist').toBe(exceptions.size);
  });
});
