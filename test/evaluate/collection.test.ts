import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Collection } from '../../src/evaluate/collection.ts';

const base = new Map<string, string | number>([
  ['a', '1'],
  ['b', 2],
]);

describe('Collection', () => {
  it('reads through to its base and never changes it', () => {
    const collection = new Collection(10, base);
    collection.set('a', 'x');
    collection.delete('b');
    assert.equal(collection.get('a'), 'x');
    assert.equal(collection.get('b'), undefined);
    assert.ok(!collection.has('b'));
    assert.deepEqual([...base.values()], ['1', 2]);
  });

  it('lists base names first and sets a deleted one again', () => {
    const collection = new Collection(10, base);
    collection.set('c', 3);
    collection.delete('a');
    assert.deepEqual(
      [...collection.entries()],
      [
        ['b', '2'],
        ['c', '3'],
      ],
    );
    collection.set('a', 9);
    assert.deepEqual([...collection.entries()][0], ['a', '9']);
  });

  it('lists names that a filter accepts, in base and changes alike', () => {
    const filter = { accepts: (name: string): boolean => name !== 'b' };
    const collection = new Collection(10, base);
    collection.set('c', 3);
    assert.deepEqual(
      [...collection.entriesOf(filter)],
      [
        ['a', '1'],
        ['c', '3'],
      ],
    );
    collection.delete('a');
    assert.deepEqual([...collection.entriesOf(filter)], [['c', '3']]);
    assert.deepEqual([...new Collection(10).entriesOf(filter)], []);
  });

  it('reads numbers out of text', () => {
    const collection = new Collection(10);
    collection.set('a', '7 dwarfs');
    collection.set('b', 8);
    assert.deepEqual([collection.number('a'), collection.number('b'), collection.number('c')], [7, 8, 0]);
    assert.equal(collection.get('b'), '8');
  });

  it('copies without sharing changes', () => {
    const collection = new Collection(10, base);
    collection.set('a', 5);
    const copy = collection.copy();
    copy.set('a', 6);
    assert.deepEqual([collection.number('a'), copy.number('a')], [5, 6]);
  });

  it('takes no name beyond its bound', () => {
    const collection = new Collection(2);
    assert.ok(collection.set('a', 1) && collection.set('b', 1));
    assert.ok(!collection.set('c', 1));
    assert.ok(collection.set('a', 2), 'a name that is there can still change');
    assert.ok(!collection.has('c'));
  });
});
