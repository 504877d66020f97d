import { describe, expect, it } from 'vitest';
import { costLines } from '../../src/check/format-cost.ts';

const rule = (line: number, microsecondsPerKiB: number) => ({
  file: 'a.conf',
  line,
  column: 1,
  ruleId: line,
  microsecondsPerKiB,
});

describe('costLines', () => {
  const report = { corpusBytes: 4096, withoutRulesMicrosecondsPerKiB: 10, medianMicrosecondsPerKiB: 2 };

  it('shows cost, how many times the median, and the place', () => {
    expect(
      costLines({ ...report, rules: [rule(7, 5), rule(3, 2), { ...rule(4, 0), ruleId: undefined as never }] }),
    ).toStrictEqual([
      'cost, measured rule by rule on 4 KiB of ordinary exchanges, in us per KiB: median 2.00 of 3 rules, 10.00 without any',
      '  us per KiB   median',
      '       5.00     2.5x  a.conf:7  rule 7',
      '       2.00     1.0x  a.conf:3  rule 3',
      '       0.00     0.0x  a.conf:4',
    ]);
  });

  it('shows the most expensive, and the number of others', () => {
    const lines = costLines({ ...report, rules: Array.from({ length: 25 }, (_, at) => rule(at + 1, 1)) });
    expect(lines.length).toBe(2 + 20 + 1);
    expect(lines.at(-1)).toBe('  and 5 that cost less');
  });

  it('does not divide by a median of zero', () => {
    const lines = costLines({ ...report, medianMicrosecondsPerKiB: 0, rules: [rule(1, 0)] });
    expect(lines[2] ?? '').toMatch(/ - {2}a\.conf:1/);
  });
});
