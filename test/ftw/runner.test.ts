// Running and counting, with targets made up here.

import { describe, expect, it } from 'vitest';
import type { StageOutcome } from '../../src/ftw/outcome.ts';
import { runTests, type Target } from '../../src/ftw/runner.ts';
import { readSuite } from '../../src/ftw/suite-reader.ts';

const tests = readSuite(
  `rule_id: 5
tests:
  - {test_id: 1, stages: [{input: {uri: /200}, output: {status: 200}}]}
  - {test_id: 2, stages: [{input: {uri: /200}, output: {status: 200}}, {input: {uri: /500}, output: {status: 200}}]}
  - {test_id: 3, stages: [{input: {uri: /404}, output: {status: 200, retry_once: true}}]}
  - {test_id: 4, stages: [{input: {uri: /404}, output: {status: 404}}]}
`,
  '5.yaml',
);

const answered = (status: number): StageOutcome => ({
  status,
  answer: '',
  ruleIds: [],
  logLines: [],
  matched: [],
  faults: [],
  refusal: undefined,
  isClosedUnanswered: false,
});

const statusOf = (request: Uint8Array): number => Number(/\/(\d+)/.exec(Buffer.from(request).toString())?.[1]);

/** Responds with the status in the path. */
const honest: Target = (requests) => Promise.resolve(requests.map((request) => answered(statusOf(request))));

describe('runTests', () => {
  it('counts, and names the first failed stage', async () => {
    const report = await runTests(tests, honest);
    expect([report.total, report.passed, report.failed, report.ignored]).toStrictEqual([4, 2, 2, 0]);
    expect(report.failures.map(({ id, stage, line }) => [id, stage, line])).toStrictEqual([
      ['5-2', 2, 4],
      ['5-3', 1, 5],
    ]);
  });

  it('sends once more what asks for it, and nothing else', async () => {
    const sent: number[] = [];
    const report = await runTests(tests, (requests) => {
      const isFirst = sent.length === 0;
      sent.push(requests.length);
      return Promise.resolve(requests.map((request) => answered(isFirst ? statusOf(request) : 200)));
    });
    expect(sent).toStrictEqual([5, 1]);
    expect(report.failures.map(({ id }) => id)).toStrictEqual(['5-2']);
  });

  it('does not count ignored tests, and says whether they pass', async () => {
    const ignored = new Map([
      ['5-2', 'a reason'],
      ['5-4', 'another reason'],
      ['9-9', 'of a test that is not run'],
    ]);
    const report = await runTests(tests, honest, { ignored });
    expect([report.total, report.passed, report.failed, report.ignored]).toStrictEqual([4, 1, 1, 2]);
    expect(report.ignoredTests).toStrictEqual([
      { id: '5-2', reason: 'a reason', passes: false },
      { id: '5-4', reason: 'another reason', passes: true },
    ]);
    expect(report.tests.map(({ result }) => result)).toStrictEqual(['passed', 'ignored', 'failed', 'ignored']);
  });

  it('refuses a target that loses a request', async () => {
    await expect(runTests(tests, () => Promise.resolve([]))).rejects.toThrow(
      expect.objectContaining({ code: 'internal', message: expect.stringMatching(/0 outcomes for 5 requests/) }),
    );
  });

  it('rejects when the target does', async () => {
    await expect(runTests(tests, () => Promise.reject(new Error('nobody there')))).rejects.toThrow(/nobody there/);
  });
});
