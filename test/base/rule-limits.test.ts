import { describe, expect, it } from 'vitest';
import { limits, limitTable } from '../../src/base/limits.ts';
import { ruleLimits } from '../../src/base/rule-limits.ts';

describe('ruleLimits', () => {
  it('are rows of the table of limits', () => {
    for (const [name, row] of Object.entries(ruleLimits)) {
      expect(limitTable[name as keyof typeof ruleLimits]).toBe(row);
    }
  });

  it('let a macro be no longer than what rules store, and a variable name be a macro', () => {
    expect(limits.macroBytesMax <= limits.txBytesMax && limits.macroBytesMax <= limits.macroWorkBytesMax).toBe(true);
    expect(limits.fieldNameBytesMax).toBeLessThanOrEqual(limits.macroBytesMax);
    expect(10 * limits.fieldCollectBytesMax, 'the ten captures of a match find room').toBeLessThanOrEqual(
      limits.txBytesMax,
    );
  });
});
