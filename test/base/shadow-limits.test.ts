import { describe, expect, it } from 'vitest';
import { limits, limitTable } from '../../src/base/limits.ts';
import { shadowLimits } from '../../src/base/shadow-limits.ts';

describe('shadowLimits', () => {
  it('is a part of the table', () => {
    for (const [name, row] of Object.entries(shadowLimits)) {
      expect(limitTable[name as keyof typeof shadowLimits]).toBe(row);
      expect(limits[name as keyof typeof shadowLimits]).toBe(row.default);
    }
  });
});
