import { describe, expect, it } from 'vitest';
import { violationsOf } from '../../../bench/chaos/load.ts';
import { memoryProblems, slopeOf } from '../../../bench/chaos/soak.ts';

const series = (minutes: number, mibAt: (minute: number) => number) =>
  Array.from({ length: minutes + 1 }, (_, minute) => ({ minutes: minute, mib: mibAt(minute) }));

describe('slopeOf', () => {
  it('is the growth in MiB an hour', () => {
    expect(slopeOf(series(120, (minute) => 100 + minute / 60))).toBeCloseTo(1);
    expect(slopeOf(series(120, (minute) => 100 + (minute % 2)))).toBeCloseTo(0, 1);
    expect(slopeOf([{ minutes: 0, mib: 7 }])).toBe(0);
  });
});

describe('memoryProblems', () => {
  it('names a leak of a long run, and forgives the warm-up', () => {
    expect(memoryProblems(series(120, (minute) => Math.min(200, 100 + 10 * minute)))).toStrictEqual([]);
    expect(memoryProblems(series(120, (minute) => 100 + minute / 10))).toStrictEqual([
      'memory grows by 6.00 MiB an hour',
    ]);
  });

  it('asks of a short run only that it does not grow without bound', () => {
    expect(memoryProblems(series(10, (minute) => 100 + minute))).toStrictEqual([]);
    expect(memoryProblems(series(10, (minute) => 100 + 20 * minute))[0]).toMatch(/grew by 160\.0 MiB in 10\.0 minutes/);
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
