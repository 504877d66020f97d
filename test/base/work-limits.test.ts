import { describe, expect, it } from 'vitest';
import { constants } from '../../src/base/constants.ts';
import { limits, limitTable } from '../../src/base/limits.ts';
import { workLimits } from '../../src/base/work-limits.ts';

describe('workLimits', () => {
  it('are rows of the table of limits', () => {
    for (const [name, row] of Object.entries(workLimits)) {
      expect(limitTable[name as keyof typeof workLimits]).toBe(row);
      expect(limits[name as keyof typeof workLimits]).toBe(row.default);
    }
  });

  it('leave a turn for many messages, and several turns for a message', () => {
    expect(limits.turnWorkMax).toBeLessThan(limits.scanWorkMax);
    expect(constants.batchBytesMax, 'a scan that cannot be cut short is no longer than a field').toBeLessThanOrEqual(
      limits.fieldCollectBytesMax,
    );
  });
});
