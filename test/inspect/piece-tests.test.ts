import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FieldRecord } from '../../src/inspect/field-record.ts';
import { KeptBytes } from '../../src/inspect/kept-bytes.ts';
import { PieceTests } from '../../src/inspect/piece-tests.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { fieldKind } from '../../src/plan/field-kind.ts';
import type { FieldClass, Plan } from '../../src/plan/plan.ts';
import { planOf } from '../support/exchange.ts';
import { inspectionOf, ruleIdAt } from '../support/inspector.ts';

const kind = fieldKind('ARGS_POST');
const keptBytes = 64;

describe('PieceTests', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await planOf(`
      SecRule ARGS_POST "@detectSQLi" "id:1,phase:2,pass"
      SecRule ARGS_POST "@verifyCC \\d{16}" "id:2,phase:2,pass"
      SecRule ARGS_POST "@eq 7" "id:3,phase:2,pass"`);
  });
  afterAll(() => closePlan(plan));

  /** Rules that match a value given in pieces, those after the kept beginning as an open field does; and what was left unseen. */
  function found(...pieces: readonly string[]) {
    const inspection = inspectionOf(plan);
    const { hits, problems } = inspection;
    const kept = new KeptBytes(keptBytes);
    const tests = new PieceTests(inspection, kept);
    const record = new FieldRecord({ kind, name: 'a', order: 1 });
    tests.begin(record, plan.classes[kind] as FieldClass);
    for (const piece of pieces) {
      const bytes = Buffer.from(piece);
      record.length += bytes.length;
      const rest = bytes.subarray(kept.append(bytes));
      if (rest.length === 0) continue;
      tests.followKept(false);
      tests.follow(rest, false);
      tests.detect(rest);
    }
    const wasOpen = tests.isOpen;
    tests.end(kept.from(0));
    const rules = plan.patterns.flatMap(({ id, rules }) =>
      hits.of(id).length === 0 ? [] : rules.map((place) => ruleIdAt(plan, place)),
    );
    return { rules: [...new Set(rules)], wasOpen, uninspected: [...problems.uninspectedBytes.keys()] };
  }

  const filler = 'x'.repeat(keptBytes);

  it('runs every test over a value that is kept whole', () => {
    expect(found('7')).toStrictEqual({ rules: [3], wasOpen: false, uninspected: [] });
    expect(found("1' or ", "'1'='1").rules).toStrictEqual([1]);
  });

  it('follows a longer value, and counts what only the whole value would show', () => {
    expect(found(filler, " 1' or '1'='1")).toMatchObject({ rules: [1], wasOpen: true });
    expect(found(filler, ' 4111 1111 1111 1111'.replaceAll(' 1', '1')).rules).toStrictEqual([2]);
    expect(found(filler, '7')).toMatchObject({ rules: [], wasOpen: true });
    expect(found(filler, '7').uninspected).toContain('whole-value-operator');
  });
});
