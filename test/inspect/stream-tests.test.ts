import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { limits } from '../../src/base/limits.ts';
import { FieldRecord } from '../../src/inspect/field-record.ts';
import { HitTable } from '../../src/inspect/hit-table.ts';
import { Problems } from '../../src/inspect/problems.ts';
import { followsValue, StreamTests } from '../../src/inspect/stream-tests.ts';
import { closePlan } from '../../src/plan/compile.ts';
import { fieldKind } from '../../src/plan/field-kind.ts';
import type { FieldTest } from '../../src/plan/plan.ts';
import { planOf } from '../support/exchange.ts';

const plan = await planOf(
  'SecRule ARGS "@verifyCC \\d{16}" "id:1,phase:2,pass"\nSecRule ARGS "@gt 1" "id:2,phase:2,pass"',
);
closePlan(plan);
const shared = { transformations: [], absent: undefined, skipsWords: false, decodesOnly: false };

/** A test that finds `wanted` bytes, when it is told to settle or at the end. */
function lengthTest(pattern: number, wanted: number): FieldTest {
  const openStream = () => {
    let length = 0;
    return {
      write: (bytes: Uint8Array) => {
        length += bytes.length;
        return false;
      },
      settle: () => length >= wanted,
      end: () => length >= wanted,
    };
  };
  return { ...shared, pattern, test: () => false, openStream };
}

describe('StreamTests', () => {
  it('makes a hit of each test once, as soon as it is known', () => {
    const record = new FieldRecord({ kind: fieldKind('ARGS_GET'), name: '', order: 1 });
    const hits = new HitTable(plan, limits, new Problems());
    const still: FieldTest = { ...shared, pattern: 1, test: () => true };
    assert.deepEqual([followsValue(still), followsValue(lengthTest(0, 1))], [false, true]);
    const tests = new StreamTests([lengthTest(0, 3), still], record, hits);
    assert.equal(tests.write(Buffer.from('abcd'), false), false);
    assert.equal(tests.write(Buffer.alloc(0), true), true);
    assert.equal(tests.write(Buffer.from('e'), true), false);
    assert.equal(tests.end(), false);
    assert.equal(tests.fedBytes, 5);
    assert.deepEqual(
      hits.of(0).map(({ field }) => field),
      [record],
    );
    assert.equal(hits.of(1).length, 0);
  });
});
