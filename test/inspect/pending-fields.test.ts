import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { constants } from '../../src/base/constants.ts';
import { limits } from '../../src/base/limits.ts';
import { FieldRecord } from '../../src/inspect/field-record.ts';
import { HitTable } from '../../src/inspect/hit-table.ts';
import { Memory } from '../../src/inspect/memory.ts';
import { PendingFields } from '../../src/inspect/pending-fields.ts';
import { Problems } from '../../src/inspect/problems.ts';
import { Work } from '../../src/inspect/work.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { fieldKind } from '../../src/plan/field-kind.ts';
import type { FieldClass, Plan } from '../../src/plan/plan.ts';
import { planOf } from '../support/exchange.ts';

describe('PendingFields', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await planOf('SecRule ARGS "@rx evil" "id:1,phase:2,pass,log"\n');
  });
  afterAll(() => closePlan(plan));

  const kind = fieldKind('ARGS_POST');
  function pendingOf(bounds = limits) {
    const ended: string[] = [];
    const problems = new Problems();
    const hits = new HitTable(plan, limits, new Memory(limits, problems));
    const work = new Work(bounds, problems);
    const pending = new PendingFields({
      plan,
      hits,
      problems,
      work,
      ended: (record, view, hasHit) => ended.push(`${record.name} ${view().length} ${hasHit}`),
    });
    const add = (name: string, value: string): void =>
      pending.add(new FieldRecord({ kind, name, order: 1 }), plan.classes[kind] as FieldClass, value);
    return { pending, hits, ended, add, work, problems };
  }

  it('reports every field once, in order, with its hits', () => {
    const { pending, hits, ended, add } = pendingOf();
    for (const [name, value] of [
      ['a', 'good'],
      ['b', 'evil'],
      ['c', ''],
      ['d', 'evil'],
    ] as const)
      add(name, value);
    expect(ended, 'nothing is scanned before the flush').toStrictEqual([]);
    pending.flush();
    pending.flush();
    expect(ended).toStrictEqual(['a 4 false', 'b 4 true', 'c 0 false', 'd 4 true']);
    expect(hits.of(0).map((hit) => hit.field.name)).toStrictEqual(['b', 'd']);
  });

  it('flushes by itself when a batch is full', () => {
    const { pending, ended, add } = pendingOf();
    for (let n = 0; n < constants.batchFieldsMax + 1; n += 1) add(String(n), 'x');
    expect(ended.length).toBe(constants.batchFieldsMax);
    pending.flush();
    expect(ended.length).toBe(constants.batchFieldsMax + 1);
  });

  it('accepts a value larger than a batch', () => {
    const { pending, ended, add } = pendingOf();
    add('big', 'x'.repeat(constants.batchBytesMax * 3));
    add('small', 'evil');
    pending.flush();
    expect(ended).toStrictEqual([`big ${constants.batchBytesMax * 3} false`, 'small 4 true']);
  });

  it('drops waiting fields when it is discarded', () => {
    const { pending, ended, add } = pendingOf();
    add('a', 'evil');
    pending.discard();
    pending.discard();
    pending.flush();
    expect(ended).toStrictEqual([]);
  });
});
