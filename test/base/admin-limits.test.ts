import { describe, expect, it } from 'vitest';
import { adminLimits } from '../../src/base/admin-limits.ts';
import { limits, limitTable } from '../../src/base/limits.ts';

describe('adminLimits', () => {
  it('are rows of the table of limits', () => {
    for (const [name, row] of Object.entries(adminLimits)) {
      expect(limitTable[name as keyof typeof adminLimits]).toBe(row);
      expect(limits[name as keyof typeof adminLimits]).toBe(row.default);
    }
  });
});
