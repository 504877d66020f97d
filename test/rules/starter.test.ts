// The starter pack with its own tests, with bodies cut in every way; and that each rule has enough of them.

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { loadPlan } from '../../src/compile/compile.ts';
import { engineTarget } from '../../src/ftw/engine-target.ts';
import { formatReport } from '../../src/ftw/report.ts';
import { runTests } from '../../src/ftw/runner.ts';
import { readTests } from '../../src/ftw/suite-reader.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { rulesOfPhase } from '../../src/plan/phase-step.ts';
import type { Plan } from '../../src/plan/plan.ts';

const pack = join(import.meta.dirname, '../../rules/starter');
const cacheFolder = join(import.meta.dirname, '../../.cache/pattern-sets');
const tests = readTests([join(pack, 'tests')]);

/** Rules that initialise or add up scores; no attack matches them. */
const isControlRule = (id: number): boolean => id < 1_001_000 || id >= 1_900_000;

describe('the starter pack', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await loadPlan([pack], { cacheFolder });
  });
  afterAll(() => closePlan(plan));

  const detectionRules = (): readonly number[] =>
    plan.phases
      .flatMap(rulesOfPhase)
      .map(({ id }) => id)
      .filter((id) => !isControlRule(id));

  it('has at least 60 detection rules, none of them skipped', () => {
    expect(detectionRules().length, String(detectionRules().length)).toBeGreaterThanOrEqual(60);
    expect(plan.diagnostics.problems).toStrictEqual([]);
  });

  it('tests each rule with at least two attacks and two near misses', () => {
    for (const id of detectionRules()) {
      const expectations = tests.flatMap((test) => test.stages.map((stage) => stage.expectation));
      const attacks = expectations.filter((expectation) => expectation.expectIds.includes(id));
      const misses = expectations.filter((expectation) => expectation.noExpectIds.includes(id));
      expect(attacks.length, `rule ${id} has ${attacks.length} attacks`).toBeGreaterThanOrEqual(2);
      expect(misses.length, `rule ${id} has ${misses.length} near misses`).toBeGreaterThanOrEqual(2);
    }
  });

  it('reports every attack and no near miss, however bodies are cut', async () => {
    const report = await runTests(tests, engineTarget(plan, { limits }, ['whole', 1, 7, 65_536]));
    expect(report.failed, formatReport(report, 'human')).toBe(0);
    expect(report.passed).toBe(tests.length);
  });

  it('lets near misses pass without a match of any rule', async () => {
    const misses = tests.filter((test) => test.stages.every((stage) => stage.expectation.expectIds.length === 0));
    const silent = misses.map((test) => ({
      ...test,
      stages: test.stages.map((stage) => ({
        ...stage,
        expectation: { ...stage.expectation, noMatchRegex: String.raw`\[id "\d+"\]` },
      })),
    }));
    const report = await runTests(silent, engineTarget(plan, { limits }));
    expect(report.failed, formatReport(report, 'human')).toBe(0);
  });
});
