import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { limits } from '../../src/base/limits.ts';
import { FieldRecord } from '../../src/inspect/field-record.ts';
import { runFieldTests } from '../../src/inspect/field-tests.ts';
import { HitTable } from '../../src/inspect/hit-table.ts';
import { Problems } from '../../src/inspect/problems.ts';
import { nativeAddon } from '../../src/matching/native.ts';
import { closePlan } from '../../src/plan/compile.ts';
import { fieldKind } from '../../src/plan/field-kind.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { planOf } from '../support/exchange.ts';

describe('runFieldTests', () => {
  let plan: Plan;
  before(async () => {
    plan = await planOf('SecRule ARGS "!@rx a" "id:1,phase:2,pass,log"\n');
  });
  after(() => closePlan(plan));

  const record = new FieldRecord({ kind: fieldKind('ARGS_GET'), name: '', order: 1 });
  const other = new FieldRecord({ kind: fieldKind('ARGS_GET'), name: '', order: 2 });
  const hits = () => new HitTable(plan, limits, new Problems());

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
    assert.equal(run([]), false);
    assert.equal(run([lowercase]), true);
    assert.equal(table.of(1).length, 1);
  });

  it('finds absence, also when another field hit in between', () => {
    const tests = [{ ...traits, pattern: 1, transformations: [], test: undefined, absent: 0 }];
    const table = hits();
    table.add(0, { field: record, to: 1, tail: undefined });
    assert.equal(runFieldTests(tests, { record, value: Buffer.from('a'), hits: table, isStream: false }), false);
    table.add(0, { field: other, to: 1, tail: undefined });
    assert.equal(runFieldTests(tests, { record, value: Buffer.from('a'), hits: table, isStream: true }), false);
    const third = new FieldRecord({ kind: fieldKind('ARGS_GET'), name: '', order: 3 });
    assert.equal(runFieldTests(tests, { record: third, value: Buffer.from('b'), hits: table, isStream: true }), true);
  });

  it('tests a value once that its transformations leave alone', () => {
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
    assert.deepEqual(seen, ['word_1', 'two words', 'a%20b', 'a b']);
  });
});
