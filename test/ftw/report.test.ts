// Reports in their three forms.

import { describe, expect, it } from 'vitest';
import { formatReport, type TestReport } from '../../src/ftw/report.ts';
import { nothingExpected } from '../support/ftw.ts';

const report: TestReport = {
  total: 3,
  passed: 1,
  failed: 1,
  ignored: 1,
  durationMs: 1234,
  tests: [
    { id: '1-1', file: 'a.yaml', result: 'passed' },
    { id: '1-2', file: 'a.yaml', result: 'failed' },
    { id: '1-3', file: 'a.yaml', result: 'ignored' },
  ],
  failures: [
    {
      id: '1-2',
      description: 'caf\xc3\xa9\nsecond line',
      file: 'a.yaml',
      line: 7,
      stage: 2,
      complaints: ['rule 5 did not match', 'no log line matches /<\xc3\xa9>/'],
      request: Buffer.from(`GET /caf\u00e9 HTTP/1.1\r\n\r\n${'x'.repeat(3000)}`),
      expectation: {
        status: 403,
        expectIds: [5],
        noExpectIds: [6],
        matchRegex: '<\xc3\xa9>',
        noMatchRegex: undefined,
        responseContains: undefined,
        expectError: undefined,
        isIsolated: false,
        isRetriedOnce: false,
      },
      outcome: {
        status: 200,
        answer: '',
        ruleIds: [7, 8],
        logLines: ['[id "7"] [data "\x00"]'],
        matched: [],
        faults: [],
        refusal: undefined,
        isClosedUnanswered: false,
      },
    },
  ],
  ignoredTests: [{ id: '1-3', reason: 'because "<&>"', passes: true }],
};

describe('formatReport', () => {
  it('shows what was expected, observed and sent', () => {
    const text = formatReport(report, 'human');
    for (const part of [
      'FAILED 1-2: café\n',
      'a.yaml:7, stage 2\n',
      '  rule 5 did not match\n',
      'expected: status 403; rules 5; not rules 6; log /<é>/\n',
      'status 200, rules 7, 8\n',
      '  | GET /café HTTP/1.1\n',
      'bytes more\n',
      'Test 1-3 is on the ignore list, but passes.\n',
    ]) {
      expect(text.includes(part), `${JSON.stringify(part)} is missing in\n${text}`).toBe(true);
    }
    expect(text.includes('x'.repeat(2100)), 'the request is not cut').toBe(false);
    expect(text.endsWith('1 passed, 1 failed, 1 ignored, 3 in all (1.2 s)\n')).toBe(true);
  });

  it('has counts and failures at the top of the JSON', () => {
    const json = JSON.parse(formatReport(report, 'json'));
    expect([json.total, json.passed, json.failed, json.ignored]).toStrictEqual([3, 1, 1, 1]);
    expect(json.failures.length).toBe(1);
    const [failure] = json.failures;
    expect(failure.id).toBe('1-2');
    expect(failure.expectation.expectIds).toStrictEqual([5]);
    expect(failure.seen.ruleIds).toStrictEqual([7, 8]);
    expect(failure.seen.status).toBe(200);
    expect(failure.request.startsWith('GET /café')).toBe(true);
    expect(json.ignoredTests).toStrictEqual(report.ignoredTests);
  });

  it('has null for a status that was not observed', () => {
    const [failure] = report.failures;
    expect.assert(failure !== undefined);
    const outcome = { ...failure.outcome, status: undefined, refusal: 'no Host' };
    const json = JSON.parse(formatReport({ ...report, failures: [{ ...failure, outcome }] }, 'json'));
    expect([json.failures[0].seen.status, json.failures[0].seen.refusal]).toStrictEqual([null, 'no Host']);
  });

  it('writes one JUnit test case for each test, escaped', () => {
    const text = formatReport(report, 'junit');
    expect(text.startsWith('<?xml version="1.0" encoding="UTF-8"?>\n<testsuite name="weir test" tests="3"')).toBe(true);
    expect(text).toMatch(/failures="1" skipped="1" time="1\.234"/);
    expect(text.match(/<testcase /g)?.length).toBe(3);
    expect(text.includes('<testcase classname="a.yaml" name="1-1"></testcase>')).toBe(true);
    expect(text.includes('<failure message="rule 5 did not match; no log line matches /&lt;é&gt;/">')).toBe(true);
    expect(text.includes('<skipped message="because &quot;&lt;&amp;&gt;&quot;"/>')).toBe(true);
    expect(text.includes('\0')).toBe(false);
  });

  const [failure] = report.failures;
  /** The report on the failure of a test that differs. */
  const told = (changes: Partial<TestReport['failures'][number]>): string => {
    expect.assert(failure !== undefined);
    return formatReport({ ...report, failures: [{ ...failure, ...changes }] }, 'human');
  };

  for (const [expectation, expected] of [
    [{}, 'nothing'],
    [{ status: 200 }, 'status 200'],
    [{ expectIds: [1, 2] }, 'rules 1, 2'],
    [{ noExpectIds: [3] }, 'not rules 3'],
    [{ matchRegex: 'a+' }, 'log /a+/'],
    [{ noMatchRegex: '\xc3\xa9' }, 'not in the log /é/'],
    [{ responseContains: 'ok' }, 'answer /ok/'],
    [{ expectError: true }, 'an unreadable answer'],
    [{ expectError: false }, 'a readable answer'],
    [{ status: 403, expectIds: [1], expectError: true }, 'status 403; rules 1; an unreadable answer'],
  ] as const) {
    it(`tells what was expected: ${expected}`, () => {
      expect(told({ expectation: { ...nothingExpected, ...expectation } })).toContain(`  expected: ${expected}\n`);
    });
  }

  for (const [outcome, expected] of [
    [{ status: undefined, ruleIds: [] }, '  seen:     status none, rules none\n  | GET'],
    [{ ruleIds: [7] }, '  seen:     status 200, rules 7\n  | GET'],
    [{ refusal: 'no Host' }, 'rules 7, 8\n  refused before any rule: no Host\n  | GET'],
  ] as const) {
    it(`tells what was seen: ${JSON.stringify(outcome)}`, () => {
      expect.assert(failure !== undefined);
      expect(told({ outcome: { ...failure.outcome, ...outcome } })).toContain(expected);
    });
  }

  it('needs no description, and shows a short request whole', () => {
    const text = told({ description: '', request: Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n') });
    expect(text).toContain('FAILED 1-2\n  a.yaml:7');
    expect(text).toContain('  | GET / HTTP/1.1\n  | Host: x\n  | \n');
    expect(text).not.toContain('bytes more');
  });

  it('counts the bytes of a request that it does not show', () => {
    for (const [bytes, shown] of [
      [2048, '  | xxx'],
      [2049, '… and 1 bytes more'],
    ] as const) {
      const text = told({ request: Buffer.alloc(bytes, 'x') });
      expect(text.includes('bytes more'), `${bytes} bytes`).toBe(bytes > 2048);
      expect(text).toContain(shown);
    }
  });

  for (const [text, expected] of [
    ['a\tb\r\nc', 'a\tb\r\nc'],
    ['a\x01b\x1fc', 'a\ufffdb\ufffdc'],
    ['"&<>', '&quot;&amp;&lt;&gt;'],
  ] as const) {
    it(`writes no character that XML does not allow: ${JSON.stringify(text)}`, () => {
      const ignored = { ...report, ignoredTests: [{ id: '1-3', reason: text, passes: false }] };
      expect(formatReport(ignored, 'junit')).toContain(`<skipped message="${expected}"/>`);
      expect(formatReport(ignored, 'human'), 'it does not pass').not.toContain('ignore list');
    });
  }
});
