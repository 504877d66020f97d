import { describe, expect, it } from 'vitest';
import type { RuleMatch } from '../../src/decision/verdict.ts';
import { nothingInspected } from '../../src/transaction/recorder.ts';
import { loggedRuleIds, reportOf } from '../../src/transaction/report.ts';

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
    expect(loggedRuleIds([match(3), match(1), match(2, false), match(3)])).toStrictEqual([3, 1]);
  });
});

describe('reportOf', () => {
  it('shows what decided', () => {
    const found = { matches: [match(7)], inboundScore: 5, outboundScore: 0 };
    expect(reportOf('id', { kind: 'block', ruleId: 7, status: 403, phase: 2 }, found)).toStrictEqual({
      requestId: 'id',
      verdict: 'block',
      ruleId: 7,
      phase: 2,
      cause: '',
      inboundScore: 5,
      outboundScore: 0,
      ruleIds: [7],
    });
    expect(
      reportOf('id', { kind: 'block', ruleId: 0, status: 503, phase: 0, cause: 'overload' }, nothingInspected).cause,
    ).toBe('overload');
    expect(reportOf('id', { kind: 'allow' }, nothingInspected).ruleId).toBe(0);
  });
});
