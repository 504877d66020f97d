import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { BothFields, BothHits, bothOf } from '../../src/inspect/both-sides.ts';
import { Inspector } from '../../src/inspect/inspector.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { fieldKind } from '../../src/plan/field-kind.ts';
import type { PhasePlan, Plan } from '../../src/plan/plan.ts';
import { planOf } from '../support/exchange.ts';

describe('values of both directions', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await planOf(`SecRule REQUEST_HEADERS|RESPONSE_HEADERS "@rx odd" "id:1,phase:3,pass,log"
      SecRule ARGS "@rx even" "id:2,phase:3,pass,log"
      SecRule REQUEST_HEADERS|RESPONSE_HEADERS "@streq %{TX.x}" "id:3,phase:3,pass,log"`);
  });
  afterAll(() => closePlan(plan));

  function sides() {
    const open = (firstOrder: number): Inspector => new Inspector({ plan, limits, firstOrder, onFact: () => {} });
    const [request, response] = [open(0), open(1000)];
    response.addText(fieldKind('RESPONSE_HEADERS'), 'x-b', 'odd');
    request.addText(fieldKind('REQUEST_HEADERS'), 'x-a', 'odd');
    for (const one of [request, response]) one.flush();
    return { request, response };
  }

  it('are those of the request, then those of the response, whichever came first', () => {
    const { request, response } = sides();
    const hits = new BothHits(request.hits, response.hits);
    expect(hits.of(0).map(({ field }) => field.name)).toStrictEqual(['x-a', 'x-b']);
    expect([...hits.candidates(plan.phases[3] as PhasePlan)]).toStrictEqual([0b101]);
  });

  it('are found by key in either', () => {
    const { request, response } = sides();
    const fields = new BothFields(request.fields, response.fields);
    const found = (['REQUEST_HEADERS', 'RESPONSE_HEADERS'] as const).map(
      (name, at) => fields.first(fieldKind(name), ['x-a', 'x-b'][at] as string)?.text,
    );
    expect(found).toStrictEqual(['odd', 'odd']);
    expect(fields.first(fieldKind('REQUEST_HEADERS'), 'x-b')).toBe(undefined);
  });

  it('are counted together', () => {
    const { request, response } = sides();
    const fields = new BothFields(request.fields, response.fields);
    const kinds = [fieldKind('REQUEST_HEADERS'), fieldKind('RESPONSE_HEADERS')];
    expect(kinds.map((kind) => [fields.count(kind), fields.of(kind).length])).toStrictEqual([
      [1, 1],
      [1, 1],
    ]);
    expect([fields.argumentBytes, fields.fileBytes]).toStrictEqual([0, 0]);
  });

  it('are visible to response rules, at a cost', () => {
    const { request, response } = sides();
    const both = bothOf(request, response);
    expect([both.work, both.problems]).toStrictEqual([response.work, response.problems]);
    expect(both.fields.first(fieldKind('REQUEST_HEADERS'), 'x-a')?.text).toBe('odd');
    expect(both.hits.of(0).length).toBe(2);
  });
});
