import { describe, expect, it } from 'vitest';
import { isInRange, isVersion } from '../../src/pack/version-range.ts';

describe('isInRange', () => {
  it.each([
    ['1.2.3', '^1.0.0', true],
    ['2.0.0', '^1.0.0', false],
    ['1.2.0-beta.1', '>=1.0.0', true],
    ['1.2.0', '1.0.0 - 1.1.9 || >=1.2.0', true],
    ['not a version', '*', false],
    ['1.2.0', 'not a range', false],
  ])('%s in %s: %s', (version, range, expected) => {
    expect(isInRange(version, range)).toBe(expected);
  });
});

describe('isVersion', () => {
  it.each([
    ['1.2.3', true],
    ['1.2.0-beta.1', true],
    ['v1.2.3', false],
    [' 1.2.3', false],
    ['1.2', false],
    ['', false],
  ])('%s: %s', (text, expected) => {
    expect(isVersion(text)).toBe(expected);
  });
});
