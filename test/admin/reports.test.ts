// Merged lists of several servers.

import { describe, expect, it } from 'vitest';
import {
  type ExclusionReport,
  examplesTogether,
  exclusionsTogether,
  type ShadowExample,
  unusedExclusions,
} from '../../src/admin/reports.ts';

const example = (at: string): ShadowExample => {
  const side = { verdict: 'allow', ruleId: 0, score: 0, rules: [] };
  return { at, outcome: 'stricter', requestId: at, profile: 'p', candidate: 'c', live: side, shadow: side };
};

const exclusion = (more: Partial<ExclusionReport>): ExclusionReport => ({
  exclusion: 'a: 1',
  owner: 'a',
  reason: 'r',
  place: 'f:1:1',
  profiles: ['default'],
  hits: 0,
  countedSince: '2026-01-01T00:00:00.000Z',
  ...more,
});

describe('examplesTogether', () => {
  it('keeps the last ones of all servers', () => {
    const all = [[example('3'), example('1')], [example('4'), example('2')], []];
    expect(examplesTogether(all, 3).map(({ at }) => at)).toStrictEqual(['4', '3', '2']);
  });
});

describe('exclusionsTogether', () => {
  it('adds up hits, and keeps the time of the last one', () => {
    const first = exclusion({ hits: 2, lastHit: '2026-02-01T00:00:00.000Z' });
    const second = exclusion({ hits: 3, countedSince: '2026-01-05T00:00:00.000Z' });
    const other = exclusion({ exclusion: 'b: 2', hits: null });
    expect(
      exclusionsTogether([
        [first, other],
        [second, other],
      ]),
    ).toStrictEqual([{ ...first, hits: 5, countedSince: '2026-01-05T00:00:00.000Z' }, other]);
  });
});

describe('unusedExclusions', () => {
  const now = new Date('2026-03-01T00:00:00.000Z');
  const cases: readonly (readonly [why: string, Partial<ExclusionReport>, days: number, isUnused: boolean])[] = [
    ['never hit', {}, 30, true],
    ['hit before', { hits: 1, lastHit: '2026-01-15T00:00:00.000Z' }, 30, true],
    ['hit since', { hits: 1, lastHit: '2026-02-15T00:00:00.000Z' }, 30, false],
    ['not counted for so long', { countedSince: '2026-02-15T00:00:00.000Z' }, 30, false],
    ['not counted for so many days', {}, 365, false],
    ['counts everywhere', { hits: null }, 30, false],
  ];
  for (const [why, more, days, isUnused] of cases) {
    it(`is ${isUnused} for one that was ${why}`, () =>
      expect(unusedExclusions([exclusion(more)], days, now)).toHaveLength(isUnused ? 1 : 0));
  }
});
