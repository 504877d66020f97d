import { describe, expect, it } from 'vitest';
import { PersistentCollection, StoredCollection } from '../../src/evaluate/persistent-collection.ts';

/** A collection with a clock of its own. */
function create(namesMax = 10): {
  view: PersistentCollection;
  pass: (ms: number) => void;
  again: () => PersistentCollection;
} {
  let nowMs = 5_000;
  const clocks = { monotonicMs: () => nowMs, wallMs: () => 1_700_000_000_000 + nowMs };
  const options = { id: 'IP\0k', key: 'k', namesMax, timeoutMs: 60_000, clocks, onBytes: () => {} };
  const stored = new StoredCollection(options);
  return {
    view: new PersistentCollection(stored, true),
    again: () => new PersistentCollection(stored, false),
    pass: (ms) => {
      nowMs += ms;
    },
  };
}

describe('PersistentCollection', () => {
  it('sets, reads, lists and unsets', () => {
    const { view } = create();
    view.set('a', 1);
    view.set('b', 'two');
    view.delete('c');
    expect([view.get('a'), view.number('a'), view.number('b'), view.has('c')]).toStrictEqual(['1', 1, 0, false]);
    expect([...view.entriesOf({ accepts: (name) => name === 'b' })]).toStrictEqual([['b', 'two']]);
    view.delete('a');
    expect([...view.entries()]).toStrictEqual([['b', 'two']]);
  });

  it('has its built-in variables by name, but does not list them', () => {
    const { view, again, pass } = create();
    view.set('a', 1);
    view.set('a', 2);
    pass(30_000);
    const second = again();
    second.set('a', 3);
    const told = ['is_new', 'key', 'create_time', 'last_update_time', 'timeout', 'update_counter', 'update_rate'];
    expect(told.map((name) => second.get(name))).toStrictEqual(['0', 'k', '1700000005', '1700000035', '60', '2', '4']);
    expect(view.get('is_new')).toBe('1');
    expect([...view.entries()]).toStrictEqual([['a', '3']]);
    expect(view.set('key', 'x') && view.get('key') === 'k', 'what it says of itself cannot be set').toBeTruthy();
  });

  it('accepts its own timeout', () => {
    const { view, pass } = create();
    view.set('timeout', '5');
    pass(4_999);
    expect(view.stored.isExpired).toBeFalsy();
    pass(1);
    expect(view.stored.isExpired).toBeTruthy();
  });

  it('loses an expired variable, also from lists, and keeps the time when the value is set again', () => {
    const { view, pass } = create();
    view.set('a', 1);
    view.expire('a', 10);
    view.expire('unset', 10);
    pass(9_000);
    view.set('a', 2);
    expect(view.get('a')).toBe('2');
    pass(1_000);
    expect([...view.entries()]).toStrictEqual([]);
    view.set('a', 3);
    pass(1_000_000);
    expect(view.get('a'), 'a new one never expires').toBe('3');
  });

  it('decreases a number in full steps, never below 0', () => {
    const { view, pass } = create();
    view.set('a', 7);
    const valueAfter = (ms: number): number => {
      pass(ms);
      view.deprecate('a', 3, 10);
      return view.number('a');
    };
    expect([
      valueAfter(0),
      valueAfter(9_999),
      valueAfter(1),
      valueAfter(15_000),
      valueAfter(5_000),
      valueAfter(99_000),
    ]).toStrictEqual([7, 7, 4, 1, 0, 0]);
    view.set('a', -2);
    expect(valueAfter(10_000), 'a negative number is left alone').toBe(-2);
  });

  it('accepts no name above its limit, unless one has expired', () => {
    const { view, pass } = create(2);
    expect(view.set('a', 1) && view.set('b', 1)).toBeTruthy();
    expect(view.set('c', 1)).toBeFalsy();
    view.expire('a', 1);
    pass(1_000);
    expect(view.set('c', 1)).toBeTruthy();
    expect([...view.entries()]).toStrictEqual([
      ['b', '1'],
      ['c', '1'],
    ]);
  });

  it('copies without sharing changes', () => {
    const { view } = create();
    view.set('a', 1);
    const copy = view.copy();
    copy.set('a', 2);
    copy.set('b', 2);
    expect([...view.entries()]).toStrictEqual([['a', '1']]);
    expect(copy.get('is_new')).toBe('1');
    expect(view.stored.bytes).toBe('IP\0k'.length + 'a1'.length);
  });
});
