import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Limits, limitsWith } from '../../src/base/limits.ts';
import { FieldRecord } from '../../src/inspect/field-record.ts';
import { FieldStore } from '../../src/inspect/field-store.ts';
import { Problems } from '../../src/inspect/problems.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { type FieldKindName, fieldKind } from '../../src/plan/field-kind.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { planOf } from '../support/exchange.ts';

describe('FieldStore', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await planOf(`SecRule ARGS:kept "@streq %{TX.x}" "id:1,phase:2,pass,log"
      SecRule ARGS_NAMES "@gt %{TX.x}" "id:2,phase:2,pass,log,t:length"`);
  });
  afterAll(() => closePlan(plan));

  function storeWith(overrides: Partial<Limits>, ...fields: (readonly [FieldKindName, string, string])[]) {
    const problems = new Problems();
    const store = new FieldStore(plan, limitsWith(overrides), problems);
    for (const [index, [kind, name, value]] of fields.entries()) {
      const record = new FieldRecord({ kind: fieldKind(kind), name, order: index });
      record.length = value.length;
      store.add(record, () => Buffer.from(value));
    }
    return { store, problems };
  }

  it('remembers head fields, and of body fields what a rule asks for', () => {
    const { store } = storeWith({}, ['ARGS_GET', 'a', '1'], ['ARGS_POST', 'b', '2'], ['ARGS_POST', 'kept', '3']);
    expect(store.of(fieldKind('ARGS_GET')).map((field) => field.name)).toStrictEqual(['a']);
    expect(store.of(fieldKind('ARGS_POST')).map((field) => field.text)).toStrictEqual(['3']);
  });

  it('finds the first of a key, also among those that came after the last question', () => {
    const { store } = storeWith({}, ['ARGS_GET', 'A', '1'], ['ARGS_GET', 'b', '2'], ['ARGS_GET', 'a', '3']);
    const kind = fieldKind('ARGS_GET');
    expect([store.first(kind, 'a')?.order, store.first(kind, 'b')?.order]).toStrictEqual([0, 1]);
    expect(store.first(kind, 'c')).toBe(undefined);
    expect(store.first(fieldKind('ARGS_POST'), 'a')).toBe(undefined);
    store.add(new FieldRecord({ kind, name: 'C', order: 3 }), () => Buffer.from('4'));
    expect(store.first(kind, 'c')?.order).toBe(3);
  });

  it('looks at each field once, however often it is asked', () => {
    const fields = Array.from({ length: 100 }, (_, at) => ['ARGS_GET', `a${at}`, ''] as const);
    const { store } = storeWith({}, ...fields);
    let looked = 0;
    for (const record of store.of(fieldKind('ARGS_GET'))) {
      Object.defineProperty(record, 'key', {
        get: () => {
          looked += 1;
          return record.name;
        },
      });
    }
    for (let time = 0; time < 100; time += 1) store.first(fieldKind('ARGS_GET'), 'none');
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

  it('remembers no more body fields than its bound, and says so', () => {
    const names = ['a', 'b', 'c'].map((name) => ['ARGS_POST_NAMES', name, name] as const);
    const { store, problems } = storeWith({ fieldsMax: 2 }, ...names);
    expect(store.of(fieldKind('ARGS_POST_NAMES')).length).toBe(2);
    expect(store.count(fieldKind('ARGS_POST_NAMES'))).toBe(3);
    expect(problems.all[0]?.cause).toBe('limit.fields');
  });

  it('remembers no more names than its bound, and says so', () => {
    const names = ['a', 'b', 'c']
      .map((name) => name.repeat(500))
      .map((name) => ['ARGS_POST_NAMES', name, name] as const);
    const { store, problems } = storeWith({ keptNameBytesMax: 1000 }, ...names);
    expect(store.of(fieldKind('ARGS_POST_NAMES')).length).toBe(2);
    expect(store.count(fieldKind('ARGS_POST_NAMES'))).toBe(3);
    expect(problems.all[0]?.cause).toBe('limit.fields');
  });
});
