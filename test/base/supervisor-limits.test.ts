import { describe, expect, it } from 'vitest';
import { limits, limitTable } from '../../src/base/limits.ts';
import { supervisorLimits } from '../../src/base/supervisor-limits.ts';

describe('supervisorLimits', () => {
  it('are rows of the table of limits', () => {
    for (const [name, row] of Object.entries(supervisorLimits)) {
      expect(limitTable[name as keyof typeof supervisorLimits]).toBe(row);
      expect(limits[name as keyof typeof supervisorLimits]).toBe(row.default);
    }
  });
});
