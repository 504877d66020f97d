// The result of a run: for people, as JSON, as JUnit XML. Formats only.

import type { StageOutcome } from './outcome.ts';
import type { FtwExpectation } from './suite.ts';

/** One failed test, by its first failed stage. */
export interface TestFailure {
  readonly id: string;
  readonly description: string;
  readonly file: string;
  /** 1-based line of the stage. */
  readonly line: number;
  /** 1-based number of the stage in its test. */
  readonly stage: number;
  /** Expectations that were not met, in sentences; never empty. */
  readonly complaints: readonly string[];
  readonly request: Uint8Array;
  readonly expectation: FtwExpectation;
  readonly outcome: StageOutcome;
}

/** How a test ended. */
export type TestResult = 'passed' | 'failed' | 'ignored';

/** The result of a run: `total = passed + failed + ignored`. */
export interface TestReport {
  readonly total: number;
  readonly passed: number;
  readonly failed: number;
  readonly ignored: number;
  readonly durationMs: number;
  /** All tests, in order. */
  readonly tests: readonly { readonly id: string; readonly file: string; readonly result: TestResult }[];
  readonly failures: readonly TestFailure[];
  readonly ignoredTests: readonly { readonly id: string; readonly reason: string; readonly passes: boolean }[];
}

/** The report formats. */
export const reportFormats = ['human', 'json', 'junit'] as const;

/** One of the formats. */
export type ReportFormat = (typeof reportFormats)[number];

/** Bytes of a request that a report shows. */
const shownRequestBytesMax = 2_048;

/** The report in one of the formats, with a newline at its end. */
export function formatReport(report: TestReport, format: ReportFormat): string {
  switch (format) {
    case 'human':
      return formatHuman(report);
    case 'json':
      return `${JSON.stringify(jsonOf(report), undefined, 2)}\n`;
    case 'junit':
      return formatJunit(report);
  }
}

function formatHuman(report: TestReport): string {
  const seconds = (report.durationMs / 1000).toFixed(1);
  const gone = report.ignoredTests.filter(({ passes }) => passes);
  return [
    ...report.failures.map(describe),
    ...gone.map(({ id }) => `Test ${id} is on the ignore list, but passes.\n`),
    `${report.passed} passed, ${report.failed} failed, ${report.ignored} ignored, ${report.total} in all (${seconds} s)\n`,
  ].join('');
}

function describe(failure: TestFailure): string {
  const { id, description, file, line, stage, complaints, outcome, expectation } = failure;
  const title = readable(description).split('\n')[0] ?? '';
  const lines = [
    `FAILED ${id}${title === '' ? '' : `: ${title}`}`,
    `  ${file}:${line}, stage ${stage}`,
    ...complaints.map((complaint) => `  ${readable(complaint)}`),
    `  expected: ${expectedOf(expectation)}`,
    `  seen:     status ${outcome.status ?? 'none'}, rules ${outcome.ruleIds.join(', ') || 'none'}`,
    ...(outcome.refusal === undefined ? [] : [`  refused before any rule: ${outcome.refusal}`]),
    ...shownRequest(failure.request)
      .split(/\r?\n/)
      .map((text) => `  | ${text}`),
  ];
  return `${lines.join('\n')}\n\n`;
}

function expectedOf(expectation: FtwExpectation): string {
  const { status, expectIds, noExpectIds, matchRegex, noMatchRegex, responseContains, expectError } = expectation;
  const parts = [
    status === undefined ? '' : `status ${status}`,
    expectIds.length === 0 ? '' : `rules ${expectIds.join(', ')}`,
    noExpectIds.length === 0 ? '' : `not rules ${noExpectIds.join(', ')}`,
    matchRegex === undefined ? '' : `log /${readable(matchRegex)}/`,
    noMatchRegex === undefined ? '' : `not in the log /${readable(noMatchRegex)}/`,
    responseContains === undefined ? '' : `answer /${readable(responseContains)}/`,
    expectError === undefined ? '' : `${expectError ? 'an unreadable' : 'a readable'} answer`,
  ];
  return parts.filter((part) => part !== '').join('; ') || 'nothing';
}

function jsonOf(report: TestReport): unknown {
  return {
    total: report.total,
    passed: report.passed,
    failed: report.failed,
    ignored: report.ignored,
    durationMs: Math.round(report.durationMs),
    failures: report.failures.map(({ outcome, request, ...failure }) => ({
      ...failure,
      description: readable(failure.description),
      complaints: failure.complaints.map(readable),
      request: shownRequest(request),
      seen: {
        status: outcome.status ?? null,
        ruleIds: outcome.ruleIds,
        logLines: outcome.logLines.map(readable),
        refusal: outcome.refusal ?? null,
      },
    })),
    ignoredTests: report.ignoredTests,
  };
}

function formatJunit(report: TestReport): string {
  const seconds = (report.durationMs / 1000).toFixed(3);
  const attributes = `tests="${report.total}" failures="${report.failed}" skipped="${report.ignored}" time="${seconds}"`;
  const failures = new Map(report.failures.map((failure) => [failure.id, failure]));
  const reasons = new Map(report.ignoredTests.map(({ id, reason }) => [id, reason]));
  const cases = report.tests.map(({ id, file }) => {
    const failure = failures.get(id);
    const reason = reasons.get(id);
    let inner = reason === undefined ? '' : `<skipped message="${xml(reason)}"/>`;
    if (failure !== undefined) {
      const message = failure.complaints.map(readable).join('; ');
      inner = `<failure message="${xml(message)}">${xml(describe(failure))}</failure>`;
    }
    return `  <testcase classname="${xml(file)}" name="${xml(id)}">${inner}</testcase>`;
  });
  const suite = [`<testsuite name="weir test" ${attributes}>`, ...cases, '</testsuite>'];
  return `<?xml version="1.0" encoding="UTF-8"?>\n${suite.join('\n')}\n`;
}

/** The beginning of a request as text for people. */
function shownRequest(request: Uint8Array): string {
  const shown = Buffer.from(request.subarray(0, shownRequestBytesMax)).toString('utf8');
  const rest = request.length - shownRequestBytesMax;
  return rest > 0 ? `${shown}… and ${rest} bytes more` : shown;
}

/** A byte string, decoded as the text that it most likely is. */
function readable(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}

/** Text for XML 1.0: escaped, without characters that XML does not allow. */
function xml(text: string): string {
  const held = Array.from(text, (unit) => (unit >= ' ' || '\t\n\r'.includes(unit) ? unit : '\ufffd')).join('');
  return held.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
