import { describe, expect, it } from 'vitest';
import { RuleHits } from '../../src/metrics/rule-hits.ts';

const hit = (hits: RuleHits, ruleId: number, times: number): void => {
  for (let count = 0; count < times; count += 1) hits.add(ruleId);
};

describe('RuleHits', () => {
  it('counts each rule while there are few', () => {
    const hits = new RuleHits({ labelsMax: 2, rulesMax: 9 });
    hit(hits, 7, 3);
    hit(hits, 8, 1);
    expect([...hits.all]).toStrictEqual([
      ['7', 3],
      ['8', 1],
    ]);
  });

  it('folds further rules into one, and gives a label to those that turn out to be frequent', () => {
    const hits = new RuleHits({ labelsMax: 2, rulesMax: 9 });
    hit(hits, 1, 500);
    hit(hits, 2, 10);
    hit(hits, 3, 1_000);
    const shown = hits.all;
    expect([...shown.keys()]).toStrictEqual(['1', '3', 'other']);
    expect(shown.get('1')).toBe(500);
    expect((shown.get('3') ?? 0) + (shown.get('other') ?? 0), 'each hit of it is counted once').toBe(1_000);
    expect(shown.get('other')).toBeLessThan(100);
  });

  it('never shows less of a label than before', () => {
    const hits = new RuleHits({ labelsMax: 3, rulesMax: 20 });
    const last = new Map<string, number>();
    for (let round = 1; round < 4_000; round += 1) {
      // A different rule is the frequent one every 500 rounds.
      hit(hits, 100 + Math.floor(round / 500), 3);
      hit(hits, round % 40, 1);
      for (const [label, count] of hits.all) {
        expect(count).toBeGreaterThanOrEqual(last.get(label) ?? 0);
        last.set(label, count);
      }
    }
  });

  it('stays within its limits whatever occurs', () => {
    const hits = new RuleHits({ labelsMax: 5, rulesMax: 50 });
    for (let ruleId = 0; ruleId < 10_000; ruleId += 1) hit(hits, ruleId, (ruleId % 7) + 1);
    expect(hits.all.size).toBeLessThanOrEqual(6);
  });
});
