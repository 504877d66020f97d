import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
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
    assert.deepEqual([view.get('a'), view.number('a'), view.number('b'), view.has('c')], ['1', 1, 0, false]);
    assert.deepEqual([...view.entriesOf({ accepts: (name) => name === 'b' })], [['b', 'two']]);
    view.delete('a');
    assert.deepEqual([...view.entries()], [['b', 'two']]);
  });

  it('tells about itself by name, and lists none of that', () => {
    const { view, again, pass } = create();
    view.set('a', 1);
    view.set('a', 2);
    pass(30_000);
    const second = again();
    second.set('a', 3);
    const told = ['is_new', 'key', 'create_time', 'last_update_time', 'timeout', 'update_counter', 'update_rate'];
    assert.deepEqual(
      told.map((name) => second.get(name)),
      ['0', 'k', '1700000005', '1700000035', '60', '2', '4'],
    );
    assert.equal(view.get('is_new'), '1');
    assert.deepEqual([...view.entries()], [['a', '3']]);
    assert.ok(view.set('key', 'x') && view.get('key') === 'k', 'what it says of itself cannot be set');
  });

  it('takes a timeout of its own', () => {
    const { view, pass } = create();
    view.set('timeout', '5');
    pass(4_999);
    assert.ok(!view.stored.isExpired);
    pass(1);
    assert.ok(view.stored.isExpired);
  });

  it('loses an expired variable, also from lists, and keeps the time when the value is set again', () => {
    const { view, pass } = create();
    view.set('a', 1);
    view.expire('a', 10);
    view.expire('unset', 10);
    pass(9_000);
    view.set('a', 2);
    assert.equal(view.get('a'), '2');
    pass(1_000);
    assert.deepEqual([...view.entries()], []);
    view.set('a', 3);
    pass(1_000_000);
    assert.equal(view.get('a'), '3', 'a new one never expires');
  });

  it('wears a number off in full steps, never below 0', () => {
    const { view, pass } = create();
    view.set('a', 7);
    const after = (ms: number): number => {
      pass(ms);
      view.deprecate('a', 3, 10);
      return view.number('a');
    };
    assert.deepEqual(
      [after(0), after(9_999), after(1), after(15_000), after(5_000), after(99_000)],
      [7, 7, 4, 1, 0, 0],
    );
    view.set('a', -2);
    assert.equal(after(10_000), -2, 'a negative number is left alone');
  });

  it('takes no name beyond its bound, unless one has expired', () => {
    const { view, pass } = create(2);
    assert.ok(view.set('a', 1) && view.set('b', 1));
    assert.ok(!view.set('c', 1));
    view.expire('a', 1);
    pass(1_000);
    assert.ok(view.set('c', 1));
    assert.deepEqual(
      [...view.entries()],
      [
        ['b', '1'],
        ['c', '1'],
      ],
    );
  });

  it('copies without sharing changes', () => {
    const { view } = create();
    view.set('a', 1);
    const copy = view.copy();
    copy.set('a', 2);
    copy.set('b', 2);
    assert.deepEqual([...view.entries()], [['a', '1']]);
    assert.equal(copy.get('is_new'), '1');
    assert.equal(view.stored.bytes, 'IP\0k'.length + 'a1'.length);
  });
});
