import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RuleMatch } from '../../src/decision/verdict.ts';
import { loggedRuleIds, nothingInspected, Recorder, reportOf } from '../../src/transaction/record.ts';

const match = (ruleId: number, isLogged = true): RuleMatch => ({
  ruleId,
  phase: 2,
  message: '',
  messageValues: [],
  logData: '',
  tags: [],
  file: 'a.conf',
  line: 1,
  variable: 'ARGS:a',
  isLogged,
  isAudited: isLogged,
});

describe('loggedRuleIds', () => {
  it('names each rule that logs once, in order', () => {
    assert.deepEqual(loggedRuleIds([match(3), match(1), match(2, false), match(3)]), [3, 1]);
  });
});

describe('reportOf', () => {
  it('says who decided', () => {
    const found = { matches: [match(7)], inboundScore: 5, outboundScore: 0 };
    assert.deepEqual(reportOf('id', { kind: 'block', ruleId: 7, status: 403, phase: 2 }, found), {
      requestId: 'id',
      verdict: 'block',
      ruleId: 7,
      phase: 2,
      cause: '',
      inboundScore: 5,
      outboundScore: 0,
      ruleIds: [7],
    });
    assert.equal(
      reportOf('id', { kind: 'block', ruleId: 0, status: 503, phase: 0, cause: 'overload' }, nothingInspected).cause,
      'overload',
    );
    assert.equal(reportOf('id', { kind: 'allow' }, nothingInspected).ruleId, 0);
  });
});

describe('Recorder', () => {
  it('counts what a client sends after an upgrade: its frames are masked', () => {
    const recorder = new Recorder();
    recorder.responseStatus = 101;
    const summary = { ...nothingInspected, requestBytes: 9 };
    const report = reportOf('id', { kind: 'allow' }, summary);
    const record = recorder.record({ report, ending: 'complete', request: undefined, summary });
    assert.deepEqual([...record.uninspected], [['upgraded', 9]]);
  });

  it('adds its own notes to those of the inspection', () => {
    const recorder = new Recorder();
    recorder.uninspected('late', 5);
    recorder.uninspected('late', 6);
    recorder.problem('internal', 'broken');
    recorder.responseStatus = 200;
    const summary = { ...nothingInspected, uninspected: new Map([['late', 1]]), requestBytes: 9 };
    const record = recorder.record({
      report: reportOf('id', { kind: 'allow' }, summary),
      ending: 'complete',
      request: undefined,
      summary,
    });
    assert.deepEqual([...record.uninspected], [['late', 12]]);
    assert.deepEqual(record.problems, [{ cause: 'internal', message: 'broken' }]);
    assert.deepEqual([record.requestBytes, record.responseStatus, record.ending], [9, 200, 'complete']);
    assert.ok(record.durationMs >= 0);
  });
});
