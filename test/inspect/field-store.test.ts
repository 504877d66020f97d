import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Limits, limitsWith } from '../../src/base/limits.ts';
import { FieldRecord } from '../../src/inspect/field-record.ts';
import { FieldStore } from '../../src/inspect/field-store.ts';
import { Memory } from '../../src/inspect/memory.ts';
import { Problems } from '../../src/inspect/problems.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { type FieldKindName, fieldKind } from '../../src/plan/field-kind.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { planOf } from '../support/exchange.ts';

describe('FieldStore', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await planOf(`SecRule ARGS:kept "@streq %{TX.x}" "id:1,phase:2,pass,log"
      SecRule ARGS_NAMES|REQUEST_COOKIES "@gt %{TX.x}" "id:2,phase:2,pass,log,t:length"`);
  });
  afterAll(() => closePlan(plan));

  function storeWith(overrides: Partial<Limits>, ...fields: (readonly [FieldKindName, string, string])[]) {
    const problems = new Problems();
    const store = new FieldStore(plan, limitsWith(overrides), new Memory(limitsWith(overrides), problems));
    for (const [index, [kind, name, value]] of fields.entries()) {
      const record = new FieldRecord({ kind: fieldKind(kind), name, order: index });
      record.length = value.length;
      store.add(record, () => Buffer.from(value));
    }
    return { store, problems };
  }

  for (const kind of ['ARGS_GET', 'ARGS_POST'] as const) {
    it(`stores of ${kind} what a rule reads`, () => {
      const { store } = storeWith({}, [kind, 'b', '2'], [kind, 'kept', '3'], ['FILES', 'kept', '4']);
      expect(store.of(fieldKind(kind)).map((field) => field.text)).toStrictEqual(['3']);
      expect(store.count(fieldKind(kind))).toBe(2);
      expect(store.of(fieldKind('FILES'))).toStrictEqual([]);
    });
  }

  it('finds the first of a key, also among those added since the last look-up', () => {
    const fields = ['A', 'b', 'a'].map((name) => ['REQUEST_COOKIES', name, '1'] as const);
    const { store } = storeWith({}, ...fields);
    const kind = fieldKind('REQUEST_COOKIES');
    expect([store.first(kind, 'a')?.order, store.first(kind, 'b')?.order]).toStrictEqual([0, 1]);
    expect(store.first(kind, 'c')).toBe(undefined);
    expect(store.first(fieldKind('ARGS_POST'), 'a')).toBe(undefined);
    store.add(new FieldRecord({ kind, name: 'C', order: 3 }), () => Buffer.from('4'));
    expect(store.first(kind, 'c')?.order).toBe(3);
  });

  it('reads each field once, however often it is called', () => {
    const fields = Array.from({ length: 100 }, (_, at) => ['REQUEST_COOKIES', `a${at}`, ''] as const);
    const { store } = storeWith({}, ...fields);
    let looked = 0;
    for (const record of store.of(fieldKind('REQUEST_COOKIES'))) {
      Object.defineProperty(record, 'key', {
        get: () => {
          looked += 1;
          return record.name;
        },
      });
    }
    for (let time = 0; time < 100; time += 1) store.first(fieldKind('REQUEST_COOKIES'), 'none');
    expect(looked, `${looked} looks at 100 fields`).toBeLessThanOrEqual(200);
  });

  it('counts all of them', () => {
    const { store } = storeWith({}, ['ARGS_POST', 'a', '12'], ['ARGS_POST', 'b', '345'], ['FILE_CONTENT', 'f', '1234']);
    expect(store.count(fieldKind('ARGS_POST'))).toBe(2);
    expect(store.argumentBytes).toBe(5);
    expect(store.fileBytes).toBe(4);
  });

  it('keeps no more values than its budget, and counts the rest', () => {
    const { store, problems } = storeWith({ keptValueBytesMax: 4 }, ['ARGS_POST', 'kept', 'abcdef']);
    expect(store.of(fieldKind('ARGS_POST'))[0]?.text).toBe('abcd');
    expect([...problems.uninspectedBytes]).toStrictEqual([['kept-values', 2]]);
    expect(store.reserve(1)).toBe(0);
  });

  for (const kind of ['ARGS_GET_NAMES', 'ARGS_POST_NAMES', 'REQUEST_COOKIES'] as const) {
    it(`stores no more of ${kind} than its limit, and reports it`, () => {
      const names = ['a', 'b', 'c'].map((name) => [kind, name, name] as const);
      const { store, problems } = storeWith({ fieldsMax: 2 }, ...names);
      expect(store.of(fieldKind(kind)).length).toBe(2);
      expect(store.count(fieldKind(kind))).toBe(3);
      expect(problems.all[0]?.cause).toBe('limit.fields');
    });
  }

  it('stores no more names than its limit, and reports it', () => {
    const names = ['a', 'b', 'c']
      .map((name) => name.repeat(500))
      .map((name) => ['ARGS_POST_NAMES', name, name] as const);
    const { store, problems } = storeWith({ keptNameBytesMax: 1000 }, ...names);
    expect(store.of(fieldKind('ARGS_POST_NAMES')).length).toBe(2);
    expect(store.count(fieldKind('ARGS_POST_NAMES'))).toBe(3);
    expect(problems.all[0]?.cause).toBe('limit.fields');
  });
});
