import { describe, expect, it } from 'vitest';
import { advisories, isAffected, versionNumbers } from '../../src/envoy/advisories.ts';

describe('isAffected', () => {
  const advisory = { id: 'x', published: '2026-01-01', what: 'x', mendedIn: ['1.30.10', '1.31.6', '1.33.1'] };
  for (const [version, expected] of [
    ['1.29.9', true],
    ['1.30.9', true],
    ['1.30.10', false],
    ['1.31.7', false],
    ['1.32.0', true],
    ['1.33.0', true],
    ['1.33.1', false],
    ['1.34.0', false],
    ['2.0.0', false],
    ['v1.33.0-dev', true],
  ] as const) {
    it(`is ${expected} for ${version}`, () => {
      expect(isAffected(versionNumbers(version) ?? [0, 0, 0], advisory)).toBe(expected);
    });
  }

  it('considers no version affected in which its line was fixed', () => {
    for (const one of advisories) {
      for (const version of one.mendedIn) expect(isAffected(versionNumbers(version) ?? [0, 0, 0], one)).toBe(false);
    }
    const holesOf = (version: string): string[] =>
      advisories.filter((one) => isAffected(versionNumbers(version) ?? [0, 0, 0], one)).map(({ id }) => id);
    expect(holesOf('1.36.7')).toStrictEqual(['CVE-2026-47207', 'CVE-2026-47221']);
    expect(['1.35.13', '1.36.9', '1.37.5', '1.38.3', '1.40.0'].flatMap(holesOf)).toStrictEqual([]);
  });

  it('reads versions, and nothing else', () => {
    expect(['', '1.40', 'latest', '1.40.0.1', '1.x.0'].map(versionNumbers)).toStrictEqual(Array(5).fill(undefined));
    for (const { mendedIn } of advisories) for (const one of mendedIn) expect(versionNumbers(one)).toHaveLength(3);
  });
});
