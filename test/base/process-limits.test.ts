import { describe, expect, it } from 'vitest';
import { limits, limitTable } from '../../src/base/limits.ts';
import { processLimits } from '../../src/base/process-limits.ts';

describe('processLimits', () => {
  it('are rows of the table of bounds', () => {
    for (const [name, row] of Object.entries(processLimits)) {
      expect(limitTable[name as keyof typeof processLimits]).toBe(row);
      expect(limits[name as keyof typeof processLimits]).toBe(row.default);
    }
  });
});
