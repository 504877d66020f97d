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
    it(`says of ${version}: ${expected}`, () => {
      expect(isAffected(versionNumbers(version) ?? [0, 0, 0], advisory)).toBe(expected);
    });
  }

  it('reads versions, and nothing else', () => {
    expect(['', '1.40', 'latest', '1.40.0.1', '1.x.0'].map(versionNumbers)).toStrictEqual(Array(5).fill(undefined));
    for (const { mendedIn } of advisories) for (const one of mendedIn) expect(versionNumbers(one)).toHaveLength(3);
  });
});
