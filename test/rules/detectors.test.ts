// The pack of detectors against its own tests, at every way of cutting bodies, alone and before the starter pack, which blocks some of the attacks itself.

import { join } from 'node:path';
import { expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { loadPlan } from '../../src/compile/compile.ts';
import { engineTarget } from '../../src/ftw/engine-target.ts';
import { formatReport } from '../../src/ftw/report.ts';
import { runTests } from '../../src/ftw/runner.ts';
import { readTests } from '../../src/ftw/suite-reader.ts';
import { closePlan } from '../../src/plan/close-plan.ts';

const packs = join(import.meta.dirname, '../../rules');
const [detectors, starter] = [join(packs, 'detectors'), join(packs, 'starter')];
const cacheFolder = join(import.meta.dirname, '../../.cache/pattern-sets');
const tests = readTests([join(detectors, 'tests')]);

for (const [what, paths] of [
  ['alone', [detectors]],
  ['before it', [detectors, starter]],
] as const) {
  it(`the detectors report every attack and no near miss, ${what}`, async (test) => {
    const plan = await loadPlan(paths, { cacheFolder });
    test.onTestFinished(() => closePlan(plan));
    expect(plan.diagnostics.problems).toStrictEqual([]);
    const report = await runTests(tests, engineTarget(plan, { limits }, ['whole', 1, 7, 65_536]), {
      ruleIds: plan.ruleIds,
    });
    expect(report.failed, formatReport(report, 'human')).toBe(0);
  });
}
