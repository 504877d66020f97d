import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Collection } from '../../src/evaluate/collection.ts';

const base = new Map<string, string | number>([
  ['a', '1'],
  ['b', 2],
]);

describe('Collection', () => {
  it('reads through to its base and never changes it', () => {
    const collection = new Collection({ namesMax: 10, bytesMax: 1_000 }, base);
    collection.set('a', 'x');
    collection.delete('b');
    assert.equal(collection.get('a'), 'x');
    assert.equal(collection.get('b'), undefined);
    assert.ok(!collection.has('b'));
    assert.deepEqual([...base.values()], ['1', 2]);
  });

  it('lists base names first and sets a deleted one again', () => {
    const collection = new Collection({ namesMax: 10, bytesMax: 1_000 }, base);
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
    const collection = new Collection({ namesMax: 10, bytesMax: 1_000 }, base);
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
    assert.deepEqual([...new Collection({ namesMax: 10, bytesMax: 1_000 }).entriesOf(filter)], []);
  });

  it('reads numbers out of text', () => {
    const collection = new Collection({ namesMax: 10, bytesMax: 1_000 });
    collection.set('a', '7 dwarfs');
    collection.set('b', 8);
    assert.deepEqual([collection.number('a'), collection.number('b'), collection.number('c')], [7, 8, 0]);
    assert.equal(collection.get('b'), '8');
  });

  it('takes other values to begin with only as long as nothing was changed', () => {
    const other = new Map<string, string | number>([['c', 3]]);
    const collection = new Collection({ namesMax: 10, bytesMax: 1_000 }, base);
    assert.ok(collection.rebase(other));
    assert.deepEqual([...collection.entries()], [['c', '3']]);
    for (const change of [() => collection.set('d', 4), () => collection.delete('c')]) {
      change();
      assert.ok(!collection.rebase(base));
      assert.equal(collection.get('a'), undefined);
    }
  });

  const digitCases: readonly (readonly [what: string, set: readonly string[], from: number, left: string])[] = [
    ['none', [], 0, '9'],
    ['those of the base too', [], 9, ''],
    ['those behind', ['0', '1', '8'], 1, '0'],
    ['nothing before', ['0', '1'], 2, '01'],
    ['no other name', ['x', '5', '12'], 0, 'x12'],
  ];
  for (const [what, names, from, left] of digitCases) {
    it(`unsets digits from one on: ${what}`, () => {
      const withDigit = what.includes('base') ? new Map([['9', 'y']]) : new Map<string, string>();
      const collection = new Collection({ namesMax: 20, bytesMax: 1_000 }, withDigit);
      if (what === 'none') collection.set('9', 'kept until asked');
      for (const name of names) collection.set(name, 'v');
      const copy = collection.copy();
      for (const one of [collection, copy]) {
        one.deleteDigits(what === 'none' ? 10 : from);
        assert.equal([...one.entries()].map(([name]) => name).join(''), left);
        one.set('3', 'again');
        one.deleteDigits(0);
        assert.ok(!one.has('3'));
      }
    });
  }

  it('copies without sharing changes', () => {
    const collection = new Collection({ namesMax: 10, bytesMax: 1_000 }, base);
    collection.set('a', 5);
    const copy = collection.copy();
    copy.set('a', 6);
    assert.deepEqual([collection.number('a'), copy.number('a')], [5, 6]);
  });

  it('takes no name beyond its bound', () => {
    const collection = new Collection({ namesMax: 2, bytesMax: 1_000 });
    assert.ok(collection.set('a', 1) && collection.set('b', 1));
    assert.ok(!collection.set('c', 1));
    assert.ok(collection.set('a', 2), 'a name that is there can still change');
    assert.ok(!collection.has('c'));
  });

  it('takes no more bytes of names and texts than its bound', () => {
    const collection = new Collection({ namesMax: 100, bytesMax: 10 });
    assert.ok(collection.set('abc', 'defg'));
    assert.ok(!collection.set('h', 'ijk'), '11 bytes');
    assert.ok(collection.set('h', 'ij'), '10 bytes');
    assert.ok(!collection.set('abc', 'defgh'));
    assert.equal(collection.get('abc'), 'defg');
    assert.ok(collection.set('abc', 'x') && collection.set('h', 'ijklm'), 'what a value no longer takes is free');
    assert.ok(!collection.copy().set('i', ''), 'a copy has no more room');
    collection.delete('h');
    assert.ok(collection.set('nopq', 12_345_678), 'so is what a name that is gone took; a number is no text');
    assert.ok(!collection.set('rst', 1));
  });

  it('always has room for a number under a name that is there', () => {
    const collection = new Collection({ namesMax: 100, bytesMax: 1 }, new Map([['score', 0]]));
    assert.ok(collection.set('x', 1) && collection.set('score', 5) && collection.set('score', 10));
    assert.ok(!collection.set('y', 1));
    assert.deepEqual([collection.number('score'), collection.number('x')], [10, 1]);
  });
});
