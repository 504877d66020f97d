import { describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { FieldRecord } from '../../src/inspect/field-record.ts';
import { HitTable } from '../../src/inspect/hit-table.ts';
import { Memory } from '../../src/inspect/memory.ts';
import { Problems } from '../../src/inspect/problems.ts';
import { followsValue, StreamTests } from '../../src/inspect/stream-tests.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { fieldKind } from '../../src/plan/field-kind.ts';
import type { FieldTest } from '../../src/plan/plan.ts';
import { planOf } from '../support/exchange.ts';

const plan = await planOf(
  'SecRule ARGS "@verifyCC \\d{16}" "id:1,phase:2,pass"\nSecRule ARGS "@gt 1" "id:2,phase:2,pass"',
);
closePlan(plan);
const shared = { transformations: [], absent: undefined, skipsWords: false, decodesOnly: false };

/** A test that finds `wanted` bytes, when it is told to flush or at the end. */
function lengthTest(pattern: number, wanted: number): FieldTest {
  const openStream = () => {
    let length = 0;
    return {
      write: (bytes: Uint8Array) => {
        length += bytes.length;
        return false;
      },
      flush: () => length >= wanted,
      end: () => length >= wanted,
    };
  };
  return { ...shared, pattern, test: () => false, openStream };
}

describe('StreamTests', () => {
  it('makes a hit of each test once, as soon as it is known', () => {
    const record = new FieldRecord({ kind: fieldKind('ARGS_GET'), name: '', order: 1 });
    const hits = new HitTable(plan, limits, new Memory(limits, new Problems()));
    const still: FieldTest = { ...shared, pattern: 1, test: () => true };
    expect([followsValue(still), followsValue(lengthTest(0, 1))]).toStrictEqual([false, true]);
    const tests = new StreamTests([lengthTest(0, 3), still], record, hits);
    expect(tests.write(Buffer.from('abcd'), false)).toBe(false);
    expect(tests.write(Buffer.alloc(0), true)).toBe(true);
    expect(tests.write(Buffer.from('e'), true)).toBe(false);
    expect(tests.end()).toBe(false);
    expect(tests.fedBytes).toBe(5);
    expect(hits.of(0).map(({ field }) => field)).toStrictEqual([record]);
    expect(hits.of(1).length).toBe(0);
  });
});
