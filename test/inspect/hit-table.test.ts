import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limitsWith } from '../../src/base/limits.ts';
import { FieldRecord } from '../../src/inspect/field-record.ts';
import { HitTable } from '../../src/inspect/hit-table.ts';
import { Memory } from '../../src/inspect/memory.ts';
import { Problems } from '../../src/inspect/problems.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { fieldKind } from '../../src/plan/field-kind.ts';
import type { PhasePlan, Plan } from '../../src/plan/plan.ts';
import { planOf } from '../support/exchange.ts';

describe('HitTable', () => {
  let plan: Plan;
  beforeAll(async () => {
    const rules = Array.from({ length: 40 }, (_, n) => `SecRule ARGS "@rx p${n}x" "id:${n + 1},phase:2,pass,log"\n`);
    plan = await planOf(`${rules.join('')}SecRule REMOTE_ADDR "@rx ." "id:41,phase:2,pass,log"\n`);
  });
  afterAll(() => closePlan(plan));

  const hitIn = (field: FieldRecord) => ({ field, to: 1, tail: undefined });
  const field = (order: number) => new FieldRecord({ kind: fieldKind('ARGS_GET'), name: '', order });

  it('names rules that can match: those with hits and those that need none', () => {
    const table = new HitTable(plan, limitsWith({}), new Memory(limitsWith({}), new Problems()));
    table.add(3, hitIn(field(1)));
    table.add(35, hitIn(field(1)));
    const words = table.candidates(plan.phases[2] as PhasePlan);
    const indexes = [...Array(64).keys()].filter((index) => ((words[index >>> 5] as number) >>> (index & 31)) & 1);
    expect(indexes).toStrictEqual([3, 35, 40]);
    expect([...table.candidates(plan.phases[1] as PhasePlan)]).toStrictEqual([]);
  });

  it('keeps hits in order and knows the last field', () => {
    const table = new HitTable(plan, limitsWith({}), new Memory(limitsWith({}), new Problems()));
    const [one, two] = [field(1), field(2)];
    table.add(0, hitIn(one));
    table.add(0, hitIn(two));
    expect(table.of(0).map((hit) => hit.field.order)).toStrictEqual([1, 2]);
    expect(table.isLastIn(0, two) && !table.isLastIn(0, one)).toBeTruthy();
    expect(table.has(0, one) && !table.has(1, one)).toBe(true);
    expect(table.count).toBe(2);
  });

  it('counts hits for the phases of the rules that use them, in any link', async () => {
    const two = await planOf(`SecRule ARGS "@rx first" "id:1,phase:1,pass"
SecRule REMOTE_ADDR "@rx ." "id:2,phase:2,pass,chain"
SecRule ARGS "!@rx second" ""
SecRule ARGS "@rx third" "id:3,phase:4,pass"
`);
    const table = new HitTable(two, limitsWith({}), new Memory(limitsWith({}), new Problems()));
    const counts = two.patterns.map(({ id }) => {
      table.add(id, hitIn(field(1)));
      return [table.countFor(2), table.countFor(4)];
    });
    // The second link has a pattern, and one for its absence.
    expect(counts.at(-1)).toStrictEqual([2, 1]);
    closePlan(two);
  });

  it('refuses more than its limit, and reports it', () => {
    const problems = new Problems();
    const table = new HitTable(plan, limitsWith({ hitsMax: 2 }), new Memory(limitsWith({ hitsMax: 2 }), problems));
    for (let n = 0; n < 3; n += 1) table.add(0, hitIn(field(n)));
    expect(table.count).toBe(2);
    expect(problems.all[0]?.cause).toBe('limit.hits');
  });

  it('refuses hits in more names than its limit, each field counted once', () => {
    const problems = new Problems();
    const table = new HitTable(
      plan,
      limitsWith({ keptNameBytesMax: 1000 }),
      new Memory(limitsWith({ keptNameBytesMax: 1000 }), problems),
    );
    for (let n = 0; n < 3; n += 1) {
      const record = new FieldRecord({ kind: fieldKind('ARGS_POST'), name: 'x'.repeat(500), order: n });
      table.add(0, hitIn(record));
      table.add(1, hitIn(record));
    }
    expect(table.count).toBe(4);
    expect(problems.all[0]?.cause).toBe('limit.hits');
  });
});
