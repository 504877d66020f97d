// Runs tests one after another against a target and counts. What a target is (the engine in this process, a proxy), it
// does not know.

import { monotonicMs } from '../base/deadline.ts';
import { complaintsOf, type StageOutcome } from './outcome.ts';
import type { TestFailure, TestReport, TestResult } from './report.ts';
import { buildRequest } from './request-builder.ts';
import type { FtwStage, FtwTest } from './suite.ts';

/** Sends one request, given as bytes, and says what came of it. Throws only when testing makes no sense any more. */
export type Target = (request: Uint8Array) => Promise<StageOutcome>;

/** How to run. */
export interface RunOptions {
  /** Test id → why it does not count. Such tests run all the same, so that a reason that has gone is seen. */
  readonly ignored?: ReadonlyMap<string, string>;
  /** Called after each test. */
  readonly onTest?: (test: FtwTest, result: TestResult) => void;
}

/** Runs all tests in order. `total` of the report is their number. */
export async function runTests(
  tests: readonly FtwTest[],
  target: Target,
  options: RunOptions = {},
): Promise<TestReport> {
  const startMs = monotonicMs();
  const results: { id: string; file: string; result: TestResult }[] = [];
  const failures: TestFailure[] = [];
  const ignoredTests: { id: string; reason: string; passes: boolean }[] = [];
  for (const test of tests) {
    const failure = await runTest(test, target);
    const reason = options.ignored?.get(test.id);
    if (reason !== undefined) ignoredTests.push({ id: test.id, reason, passes: failure === undefined });
    else if (failure !== undefined) failures.push(failure);
    const result = reason !== undefined ? 'ignored' : failure === undefined ? 'passed' : 'failed';
    results.push({ id: test.id, file: test.file, result });
    options.onTest?.(test, result);
  }
  return {
    total: tests.length,
    passed: tests.length - failures.length - ignoredTests.length,
    failed: failures.length,
    ignored: ignoredTests.length,
    durationMs: monotonicMs() - startMs,
    tests: results,
    failures,
    ignoredTests,
  };
}

/** The first stage that fails; undefined when all pass. */
async function runTest(test: FtwTest, target: Target): Promise<TestFailure | undefined> {
  for (const [index, stage] of test.stages.entries()) {
    const failure = await runStage(test, { stage, number: index + 1 }, target);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

async function runStage(
  test: FtwTest,
  { stage, number }: { readonly stage: FtwStage; readonly number: number },
  target: Target,
): Promise<TestFailure | undefined> {
  const request = buildRequest(stage.input);
  let outcome = await target(request);
  let complaints = complaintsOf(outcome, stage.expectation);
  if (complaints.length > 0 && stage.expectation.isRetriedOnce) {
    outcome = await target(request);
    complaints = complaintsOf(outcome, stage.expectation);
  }
  if (complaints.length === 0) return undefined;
  return {
    id: test.id,
    description: test.description,
    file: test.file,
    line: stage.line,
    stage: number,
    complaints,
    request,
    expectation: stage.expectation,
    outcome,
  };
}
