import { describe, expect, it } from 'vitest';
import { violationsOf } from '../../../bench/chaos/load.ts';
import { driftOf, memoryProblems, slopeOf, timeProblems } from '../../../bench/chaos/soak.ts';

const series = (minutes: number, mibAt: (minute: number) => number, p99At = (_: number) => 5) =>
  Array.from({ length: minutes + 1 }, (_, minute) => ({ minutes: minute, mib: mibAt(minute), p99Ms: p99At(minute) }));

describe('slopeOf', () => {
  it('is the growth in MiB per hour', () => {
    expect(slopeOf(series(120, (minute) => 100 + minute / 60))).toBeCloseTo(1);
    expect(slopeOf(series(120, (minute) => 100 + (minute % 2)))).toBeCloseTo(0, 1);
    expect(slopeOf([{ minutes: 0, mib: 7, p99Ms: 1 }])).toBe(0);
  });
});

describe('memoryProblems', () => {
  it('reports a leak in a long run, and ignores the warm-up', () => {
    expect(memoryProblems(series(120, (minute) => Math.min(200, 100 + 10 * minute)))).toStrictEqual([]);
    expect(memoryProblems(series(120, (minute) => 100 + minute / 10))).toStrictEqual([
      'memory grows by 6.00 MiB an hour',
    ]);
  });

  it('requires of a short run only that it does not grow without limit', () => {
    expect(memoryProblems(series(10, (minute) => 100 + minute))).toStrictEqual([]);
    expect(memoryProblems(series(10, (minute) => 100 + 20 * minute))[0]).toMatch(/grew by 160\.0 MiB in 10\.0 minutes/);
  });
});

describe('timeProblems', () => {
  const memory = (): number => 100;

  it('reports a run that gets slower, but not its warm-up or a short run', () => {
    const slower = (minute: number): number => 5 + minute / 10;
    expect(driftOf(series(120, memory))).toBe(1);
    expect(timeProblems(series(120, memory, (minute) => (minute < 20 ? 50 : 5)))).toStrictEqual([]);
    expect(timeProblems(series(120, memory, slower))).toStrictEqual(['the p99 is 1.64 times that of the beginning']);
    expect(timeProblems(series(50, memory, slower))).toStrictEqual([]);
    expect(driftOf([])).toBe(1);
  });
});

describe('violationsOf', () => {
  it('are attacks that passed and requests that were refused, and nothing else', () => {
    const good = { answered: 5, blocked: 5, failed: 5, shed: 5, passed: 0, refused: 0 };
    expect(violationsOf(good)).toStrictEqual([]);
    expect(violationsOf({ ...good, passed: 1, refused: 2 })).toStrictEqual([
      '1 attacks passed uninspected',
      '2 ordinary requests were blocked',
    ]);
  });
});
