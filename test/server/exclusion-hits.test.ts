// How often exclusions applied.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Exclusion } from '../../src/config/exclusion.ts';
import { exclusionIdFirst } from '../../src/config/exclusion-rules.ts';
import type { RuleMatch } from '../../src/decision/verdict.ts';
import { ExclusionHits } from '../../src/server/exclusion-hits.ts';
import { recordWith } from '../support/record.ts';

const exclusion = (owner: string, more: Partial<Exclusion> = {}): Exclusion => ({
  ids: ['1', '3-5'],
  tags: ['x'],
  at: { path: { prefix: '/a' } },
  owner,
  reason: 'r',
  location: { file: 'f', line: 1, column: 2 },
  ...more,
});

const recordOf = (profile: string, generation: number, ...ids: readonly number[]) =>
  recordWith({ profile, generation, matches: ids.map((ruleId) => ({ ruleId }) as RuleMatch) });

describe('ExclusionHits', () => {
  beforeEach(() => void vi.useFakeTimers({ now: new Date('2026-01-01T00:00:00Z') }));
  afterEach(() => void vi.useRealTimers());

  const limits = { metricLabelsMax: 2 };
  const [a, b] = [exclusion('a'), exclusion('b', { at: {} })];

  it('counts by profile and place in it', () => {
    const hits = new ExclusionHits(limits);
    hits.inForce(1, [
      { name: 'default', exclusions: [b, a] },
      { name: 'api', exclusions: [a] },
    ]);
    vi.setSystemTime(new Date('2026-01-02T00:00:00Z'));
    hits.onRecord(recordOf('default', 1, 7, exclusionIdFirst + 1));
    hits.onRecord(recordOf('api', 1, exclusionIdFirst));
    // No such rule, profile or generation.
    hits.onRecord(recordOf('api', 1, exclusionIdFirst + 1));
    hits.onRecord(recordOf('none', 1, exclusionIdFirst));
    hits.onRecord(recordOf('api', 2, exclusionIdFirst));
    const short = 'a: 1,3-5,tag:x at /a';
    expect(hits.all).toMatchObject([
      { owner: 'b', hits: null, profiles: ['default'] },
      { exclusion: short, hits: 2, lastHit: '2026-01-02T00:00:00.000Z', profiles: ['default', 'api'], place: 'f:1:2' },
    ]);
    expect([...hits.hits]).toStrictEqual([[short, 2]]);
  });

  it('continues to count over reloads, and drops what is gone', () => {
    const hits = new ExclusionHits(limits);
    hits.inForce(1, [{ name: 'default', exclusions: [a, b] }]);
    hits.onRecord(recordOf('default', 1, exclusionIdFirst));
    vi.setSystemTime(new Date('2026-01-03T00:00:00Z'));
    const moved = { ...a, location: { file: 'f', line: 9, column: 9 } };
    hits.inForce(2, [{ name: 'default', exclusions: [exclusion('c'), moved] }]);
    hits.onRecord(recordOf('default', 2, exclusionIdFirst + 1));
    expect(hits.all).toMatchObject([
      { owner: 'c', hits: 0, countedSince: '2026-01-03T00:00:00.000Z' },
      { owner: 'a', hits: 2, countedSince: '2026-01-01T00:00:00.000Z', place: 'f:9:9' },
    ]);
    for (let generation = 3; generation < 8; generation += 1) hits.inForce(generation, []);
    expect(hits.all).toStrictEqual([]);
  });

  it('has a limited number of labels, each of limited length', () => {
    const hits = new ExclusionHits(limits);
    const exclusions = ['x'.repeat(500), 'b\n', 'c', 'd'].map((owner) => exclusion(owner));
    hits.inForce(1, [{ name: 'default', exclusions }]);
    hits.onRecord(recordOf('default', 1, ...exclusions.map((_, index) => exclusionIdFirst + index)));
    expect([...hits.hits.values()]).toStrictEqual([1, 1, 2]);
    expect([...hits.hits.keys()].map((key) => key.length)).toStrictEqual([123, 'b\\x0a: 1,3-5,tag:x at /a'.length, 5]);
  });

  it('reports how many expire', () => {
    const hits = new ExclusionHits(limits);
    const expiring = ['2025-12-31', '2026-01-10', '2026-06-01'].map((expires) => exclusion('a', { expires }));
    hits.inForce(1, [{ name: 'default', exclusions: [a, ...expiring] }]);
    expect(hits.states(new Date(), 14 * 86_400_000)).toStrictEqual({ active: 2, ending: 1, ended: 1 });
  });
});
