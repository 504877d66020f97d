// Runs tests against a target and counts results. Does not know what the target is (the engine in this process, a proxy).

import { monotonicMs } from '../base/clock.ts';
import { WafError } from '../base/errors.ts';
import { complaintsOf, type StageOutcome } from './outcome.ts';
import type { TestFailure, TestReport, TestResult } from './report.ts';
import { buildRequest } from './request-builder.ts';
import type { FtwExpectation, FtwStage, FtwTest } from './suite.ts';

/**
 * Sends requests, given as bytes, and returns their outcomes in the same order. May send several at a time. Rejects only if
 * testing cannot continue.
 */
export type Target = (requests: readonly Uint8Array[]) => Promise<readonly StageOutcome[]>;

/** How to run. */
export interface RunOptions {
  /** Test id → why it does not count. Such tests still run, so that an obsolete entry is noticed. */
  readonly ignored?: ReadonlyMap<string, string>;
  /** Ids of the loaded rules, if known: a rule that is not loaded trivially does not match. */
  readonly ruleIds?: ReadonlySet<number>;
}

/** A stage being run. */
interface StageRun {
  readonly test: FtwTest;
  readonly stage: FtwStage;
  /** 1-based. */
  readonly number: number;
  readonly request: Uint8Array;
}

/** Runs all tests; `total` of the report is their number. Rejects if the target does. */
export async function runTests(
  tests: readonly FtwTest[],
  target: Target,
  options: RunOptions = {},
): Promise<TestReport> {
  const startMs = monotonicMs();
  const runs = tests.flatMap((test) =>
    test.stages.map((stage, index) => ({ test, stage, number: index + 1, request: buildRequest(stage.input) })),
  );
  const failed = await failuresOf(runs, target, options.ruleIds);
  const toRetry = failed.filter(({ run }) => run.stage.expectation.isRetriedOnce).map(({ run }) => run);
  const failedAgain = toRetry.length === 0 ? [] : await failuresOf(toRetry, target, options.ruleIds);
  const failedStages = [...failed.filter(({ run }) => !toRetry.includes(run)), ...failedAgain];
  const failureOf = new Map<FtwTest, TestFailure>();
  for (const { run, failure } of failedStages) {
    const earlier = failureOf.get(run.test);
    if (earlier === undefined || failure.stage < earlier.stage) failureOf.set(run.test, failure);
  }
  return { ...judge(tests, failureOf, options.ignored ?? new Map()), durationMs: monotonicMs() - startMs };
}

interface FailedRun {
  readonly run: StageRun;
  readonly failure: TestFailure;
}

async function failuresOf(
  runs: readonly StageRun[],
  target: Target,
  ruleIds?: ReadonlySet<number>,
): Promise<readonly FailedRun[]> {
  const outcomes = await target(runs.map(({ request }) => request));
  if (outcomes.length !== runs.length) {
    throw new WafError('internal', `the target gave ${outcomes.length} outcomes for ${runs.length} requests`);
  }
  return runs.flatMap((run, index) => {
    const outcome = outcomes[index] as StageOutcome;
    const { expectation } = run.stage;
    const complaints = [...complaintsOf(outcome, expectation), ...emptyExpectations(expectation, ruleIds)];
    return complaints.length === 0 ? [] : [{ run, failure: failureOfRun(run, outcome, complaints) }];
  });
}

/** Rules that are expected not to match but are not loaded: the test is misspelt, or the pack has lost a rule. */
function emptyExpectations(
  { noExpectIds }: FtwExpectation,
  ruleIds: ReadonlySet<number> | undefined,
): readonly string[] {
  const absent = ruleIds === undefined ? [] : noExpectIds.filter((id) => !ruleIds.has(id));
  return absent.length === 0 ? [] : [`rule ${absent.join(', ')} is not loaded, so expecting no match means nothing`];
}

function failureOfRun(run: StageRun, outcome: StageOutcome, complaints: readonly string[]): TestFailure {
  const { test, stage, number, request } = run;
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

function judge(
  tests: readonly FtwTest[],
  failureOf: ReadonlyMap<FtwTest, TestFailure>,
  ignored: ReadonlyMap<string, string>,
): Omit<TestReport, 'durationMs'> {
  const resultOf = (test: FtwTest): TestResult =>
    ignored.has(test.id) ? 'ignored' : failureOf.has(test) ? 'failed' : 'passed';
  const results = tests.map((test) => ({ id: test.id, file: test.file, result: resultOf(test) }));
  const count = (result: TestResult): number => results.filter((one) => one.result === result).length;
  return {
    total: tests.length,
    passed: count('passed'),
    failed: count('failed'),
    ignored: count('ignored'),
    tests: results,
    failures: [...failureOf.values()].filter(({ id }) => !ignored.has(id)),
    ignoredTests: tests.flatMap((test) => {
      const reason = ignored.get(test.id);
      return reason === undefined ? [] : [{ id: test.id, reason, passes: !failureOf.has(test) }];
    }),
  };
}
