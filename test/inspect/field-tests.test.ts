import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { FieldRecord } from '../../src/inspect/field-record.ts';
import { runFieldTests } from '../../src/inspect/field-tests.ts';
import { HitTable } from '../../src/inspect/hit-table.ts';
import { Memory } from '../../src/inspect/memory.ts';
import { Problems } from '../../src/inspect/problems.ts';
import { nativeAddon } from '../../src/matching/native.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { fieldKind } from '../../src/plan/field-kind.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { planOf } from '../support/exchange.ts';

describe('runFieldTests', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await planOf('SecRule ARGS "!@rx a" "id:1,phase:2,pass,log"\n');
  });
  afterAll(() => closePlan(plan));

  const record = new FieldRecord({ kind: fieldKind('ARGS_GET'), name: '', order: 1 });
  const other = new FieldRecord({ kind: fieldKind('ARGS_GET'), name: '', order: 2 });
  const hits = () => new HitTable(plan, limits, new Memory(limits, new Problems()));

  const traits = { decodesOnly: false };

  it('tests the transformed value', () => {
    const table = hits();
    const lowercase = nativeAddon().transformNames().indexOf('lowercase');
    const test = (value: string): boolean => value === 'abc';
    const run = (transformations: readonly number[]) =>
      runFieldTests([{ ...traits, pattern: 1, transformations, test, absent: undefined }], {
        record,
        value: Buffer.from('ABC'),
        hits: table,
        isStream: false,
      });
    expect(run([])).toBe(false);
    expect(run([lowercase])).toBe(true);
    expect(table.of(1).length).toBe(1);
  });

  it('finds absence, also when another field hit in between', () => {
    const tests = [{ ...traits, pattern: 1, transformations: [], test: undefined, absent: 0 }];
    const table = hits();
    table.add(0, { field: record, to: 1, tail: undefined });
    expect(runFieldTests(tests, { record, value: Buffer.from('a'), hits: table, isStream: false })).toBe(false);
    table.add(0, { field: other, to: 1, tail: undefined });
    expect(runFieldTests(tests, { record, value: Buffer.from('a'), hits: table, isStream: true })).toBe(false);
    const third = new FieldRecord({ kind: fieldKind('ARGS_GET'), name: '', order: 3 });
    expect(runFieldTests(tests, { record: third, value: Buffer.from('b'), hits: table, isStream: true })).toBe(true);
  });

  it('tests a value once if its transformations do not change it', () => {
    const urlDecodeUni = nativeAddon().transformNames().indexOf('urlDecodeUni');
    const seen: string[] = [];
    const test = (value: string): boolean => {
      seen.push(value);
      return false;
    };
    const step = { pattern: 1, test, absent: undefined, decodesOnly: true };
    const tests = [
      { ...step, transformations: [] },
      { ...step, transformations: [urlDecodeUni] },
    ];
    for (const value of ['word_1', 'two words', 'a%20b']) {
      runFieldTests(tests, { record, value: Buffer.from(value), hits: hits(), isStream: false });
    }
    expect(seen).toStrictEqual(['word_1', 'two words', 'a%20b', 'a b']);
  });
});
