import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { costCorpusBytes } from '../../src/check/cost-corpus.ts';
import { measureRuleCosts } from '../../src/check/rule-cost.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-cost-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'a.conf');
writeFileSync(
  file,
  `SecRuleEngine Off
SecAction "id:1,phase:1,deny"
SecRule ARGS "@rx a" "id:2,phase:2,deny,chain"
  SecRule ARGS "@rx b"
SecRule ARGS "@rbl x" "id:3,phase:2,deny"
SecMarker END
SecRule RESPONSE_BODY "@rx c" "id:4,phase:4,deny"
SecRule ARGS "@rx d" "id:5,phase:2,pass"
`,
);

/** Each reading of the clock advances it by the number of readings so far: later measurements take longer. */
function slowingClock(): () => number {
  let now = 0;
  let looks = 0;
  return () => {
    looks += 1;
    now += looks;
    return now;
  };
}

/** The opposite: the corpus without rules, which is measured last, takes least. */
function quickeningClock(): () => number {
  let now = 0;
  let step = 1_000_000;
  return () => {
    step -= 1;
    now += step;
    return now;
  };
}

describe('measureRuleCosts', () => {
  it('measures each rule that can run, with its place, the most expensive first', async () => {
    const report = await measureRuleCosts([file], { clockMs: quickeningClock(), limits });
    expect(report.corpusBytes).toBe(costCorpusBytes);
    expect(report.rules.map(({ ruleId }) => ruleId).sort()).toStrictEqual([2, 4, 5]);
    for (const { file: named, line } of report.rules) expect(named === file && [3, 7, 8].includes(line)).toBe(true);
    const costs = report.rules.map(({ microsecondsPerKiB }) => microsecondsPerKiB);
    expect(costs).toStrictEqual(costs.toSorted((left, right) => right - left));
    expect(report.medianMicrosecondsPerKiB).toBe(costs[1]);
    expect(costs.every((cost) => cost >= 0)).toBe(true);
  });

  it('reports no negative costs', async () => {
    const { rules } = await measureRuleCosts([file], { clockMs: slowingClock(), limits });
    expect(rules.map(({ microsecondsPerKiB }) => microsecondsPerKiB)).toStrictEqual([0, 0, 0]);
  });
});
