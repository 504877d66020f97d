import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { FieldIntake, rememberIn } from '../../src/inspect/field-intake.ts';
import type { FieldRecord } from '../../src/inspect/field-record.ts';
import { FieldStore } from '../../src/inspect/field-store.ts';
import { HitTable } from '../../src/inspect/hit-table.ts';
import { Memory } from '../../src/inspect/memory.ts';
import { PendingFields } from '../../src/inspect/pending-fields.ts';
import { Problems } from '../../src/inspect/problems.ts';
import { Work } from '../../src/inspect/work.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { fieldKind, fieldKinds } from '../../src/plan/field-kind.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { planOf } from '../support/exchange.ts';

describe('FieldIntake', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await planOf(`
      SecRule REQUEST_HEADERS "@rx evil" "id:1,phase:1,pass"
      SecRule REQUEST_HEADERS|!REQUEST_HEADERS:Cookie "@rx bad" "id:2,phase:1,pass"
      SecRule ARGS_GET "@ge 3" "id:3,phase:1,pass,t:length"
      SecRule &ARGS_GET "@gt 5" "id:4,phase:1,pass"`);
  });
  afterAll(() => closePlan(plan));

  it('numbers fields, scans each for the patterns of its rules, and stores those that rules read', () => {
    const problems = new Problems();
    const memory = new Memory(limits, problems);
    const hits = new HitTable(plan, limits, memory);
    const fields = new FieldStore(plan, limits, memory);
    const work = new Work(limits, problems);
    const seen: FieldRecord[] = [];
    const ended = rememberIn(fields, (record) => seen.push(record));
    const pending = new PendingFields({ plan, hits, problems, work, ended });
    const intake = new FieldIntake({ plan, hits, work, pending, ended, firstOrder: 10 });
    for (const name of ['referer', 'cookie']) intake.addWhole(fieldKind('REQUEST_HEADERS'), name, 'evil and bad');
    intake.addWhole(fieldKind('ARGS_GET'), 'a', 'word');
    pending.flush();
    const labels = seen.map(({ kind, name, order }) => `${order} ${fieldKinds[kind]}:${name}`);
    // A field without a pattern waits for no scan.
    expect(labels).toStrictEqual(['13 ARGS_GET:a', '11 REQUEST_HEADERS:referer', '12 REQUEST_HEADERS:cookie']);
    const found = plan.patterns.flatMap(({ id }) => hits.of(id).map(({ field }) => field.name));
    expect(found.toSorted()).toStrictEqual(['a', 'cookie', 'referer', 'referer']);
    expect(fields.count(fieldKind('ARGS_GET'))).toBe(1);
    expect([intake.kindsOf('ARGS_GET').isReading, intake.kindsOf('ARGS_GET_READING').isReading]).toStrictEqual([
      false,
      true,
    ]);
  });
});
