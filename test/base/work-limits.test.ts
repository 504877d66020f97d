import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { constants } from '../../src/base/constants.ts';
import { limits, limitTable } from '../../src/base/limits.ts';
import { workLimits } from '../../src/base/work-limits.ts';

describe('workLimits', () => {
  it('are rows of the table of bounds', () => {
    for (const [name, row] of Object.entries(workLimits)) {
      assert.equal(limitTable[name as keyof typeof workLimits], row);
      assert.equal(limits[name as keyof typeof workLimits], row.default);
    }
  });

  it('leave a turn to many messages, and a message several turns', () => {
    assert.ok(limits.turnWorkMax < limits.scanWorkMax);
    assert.ok(
      constants.batchBytesMax <= limits.fieldCollectBytesMax,
      'a scan that cannot be cut short is no longer than a field',
    );
  });
});
