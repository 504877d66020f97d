import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { limits, limitTable } from '../../src/base/limits.ts';
import { ruleLimits } from '../../src/base/rule-limits.ts';

describe('ruleLimits', () => {
  it('are rows of the table of bounds', () => {
    for (const [name, row] of Object.entries(ruleLimits)) {
      assert.equal(limitTable[name as keyof typeof ruleLimits], row);
    }
  });

  it('let a macro be no longer than what rules keep, and a name of a variable be one', () => {
    assert.ok(limits.macroBytesMax <= limits.txBytesMax && limits.macroBytesMax <= limits.macroWorkBytesMax);
    assert.ok(limits.fieldNameBytesMax <= limits.macroBytesMax);
    assert.ok(10 * limits.fieldCollectBytesMax <= limits.txBytesMax, 'the ten captures of a match find room');
  });
});
