import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closePlan } from '../../src/plan/close-plan.ts';
import { fieldKinds } from '../../src/plan/field-kind.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { planOf } from '../support/exchange.ts';
import { inspectorOf } from '../support/inspector.ts';

describe('a trial of open values', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await planOf(`SecRule ARGS|REQUEST_BODY "@rx evil" "id:1,phase:2,deny"
      SecRule ARGS|REQUEST_BODY "@rx last$" "id:2,phase:2,deny"
      SecRule ARGS|REQUEST_BODY "@streq whole" "id:3,phase:2,deny"`);
  });
  afterAll(() => closePlan(plan));

  /** An inspector with an open value, an open value of an alternate reading, and an open body. */
  function open(value: string, reading = '', body = '') {
    const inspector = inspectorOf(plan);
    inspector.begin('ARGS_POST', 'a');
    inspector.write(Buffer.from(value));
    const further = inspector.openReading();
    further.begin('ARGS_POST', 'b');
    further.write(Buffer.from(reading));
    inspector.writeRaw('REQUEST_BODY', Buffer.from(body));
    return inspector;
  }

  for (const [values, found] of [
    [['fine', 'fine', 'fine'], []],
    [['evil', '', ''], ['ARGS_POST:a']],
    [['', 'at last', ''], ['ARGS_POST:b']],
    [['', '', 'whole'], ['REQUEST_BODY:']],
    [
      ['whole', 'last', 'evil'],
      ['REQUEST_BODY:', 'ARGS_POST:b', 'ARGS_POST:a'],
    ],
    [['whole ', 'last ', ' whole'], []],
  ] as const) {
    it(`finds ${found.length} things in ${values.join(', ')}, and leaves no trace`, () => {
      const inspector = open(...(values as readonly [string, string, string]));
      const before = [inspector.hits.count, inspector.work.spent];
      const trial = inspector.lookAtOpenFields(true);
      const hits = plan.patterns.flatMap(({ id }) => trial?.hits.of(id) ?? []);
      expect(hits.map(({ field }) => `${fieldKinds[field.kind]}:${field.name}`).sort()).toStrictEqual(found.toSorted());
      expect(trial?.hasHits).toBe(found.length > 0);
      expect([inspector.hits.count, inspector.work.spent]).toStrictEqual(before);
      inspector.close();
    });
  }

  it('keeps what is found in a long value', () => {
    const inspector = open(`evil${'x'.repeat(20_000)}`);
    expect(inspector.lookAtOpenFields(true)?.hasHits).toBe(false);
    expect(inspector.hits.count).toBe(1);
    inspector.close();
  });

  it('does not scan the raw body if rules do not see it', () => {
    const inspector = open('fine', 'fine', 'whole');
    expect([inspector.lookAtOpenFields(true)?.hasHits, inspector.lookAtOpenFields(false)?.hasHits]).toStrictEqual([
      true,
      false,
    ]);
    inspector.close();
  });

  it('is skipped above a limit', () => {
    const inspector = inspectorOf(plan, { hitsMax: 1 });
    inspector.begin('ARGS_POST', 'a');
    inspector.write(Buffer.from('evil last'));
    expect(inspector.lookAtOpenFields(true)).toBe(undefined);
    expect(inspector.problems.all).toStrictEqual([]);
    inspector.close();
  });
});
