import { describe, expect, it } from 'vitest';
import { limits, limitTable } from '../../src/base/limits.ts';
import { memoryLimits } from '../../src/base/memory-limits.ts';

describe('memoryLimits', () => {
  it('are rows of the table of limits', () => {
    for (const [name, row] of Object.entries(memoryLimits)) {
      expect(limitTable[name as keyof typeof memoryLimits]).toBe(row);
      expect(limits[name as keyof typeof memoryLimits]).toBe(row.default);
    }
  });

  it('leave memory for many exchanges that hold much, and for more that hold little', () => {
    expect(limits.exchangeMemoryBytesMax).toBeLessThanOrEqual(limits.memoryBytesMax / 16);
    expect(limits.lightExchangeBytes).toBeLessThanOrEqual(limits.exchangeMemoryBytesMax / 16);
  });
});
