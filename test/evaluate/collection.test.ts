import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
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
    expect(collection.get('a')).toBe('x');
    expect(collection.get('b')).toBe(undefined);
    expect(collection.has('b')).toBe(false);
    expect([...base.values()]).toStrictEqual(['1', 2]);
  });

  it('lists base names first and sets a deleted one again', () => {
    const collection = new Collection({ namesMax: 10, bytesMax: 1_000 }, base);
    collection.set('c', 3);
    collection.delete('a');
    expect([...collection.entries()]).toStrictEqual([
      ['b', '2'],
      ['c', '3'],
    ]);
    collection.set('a', 9);
    expect([...collection.entries()][0]).toStrictEqual(['a', '9']);
  });

  it('lists names that a filter accepts, in base and changes alike', () => {
    const filter = { accepts: (name: string): boolean => name !== 'b' };
    const collection = new Collection({ namesMax: 10, bytesMax: 1_000 }, base);
    collection.set('c', 3);
    expect([...collection.entriesOf(filter)]).toStrictEqual([
      ['a', '1'],
      ['c', '3'],
    ]);
    collection.delete('a');
    expect([...collection.entriesOf(filter)]).toStrictEqual([['c', '3']]);
    expect([...new Collection({ namesMax: 10, bytesMax: 1_000 }).entriesOf(filter)]).toStrictEqual([]);
  });

  it('reads numbers out of text', () => {
    const collection = new Collection({ namesMax: 10, bytesMax: 1_000 });
    collection.set('a', '7 dwarfs');
    collection.set('b', 8);
    expect([collection.number('a'), collection.number('b'), collection.number('c')]).toStrictEqual([7, 8, 0]);
    expect(collection.get('b')).toBe('8');
  });

  it('accepts other initial values only before any change', () => {
    const other = new Map<string, string | number>([['c', 3]]);
    const collection = new Collection({ namesMax: 10, bytesMax: 1_000 }, base);
    expect(collection.rebase(other)).toBeTruthy();
    expect([...collection.entries()]).toStrictEqual([['c', '3']]);
    for (const change of [() => collection.set('d', 4), () => collection.delete('c')]) {
      change();
      expect(collection.rebase(base)).toBeFalsy();
      expect(collection.get('a')).toBe(undefined);
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
        expect([...one.entries()].map(([name]) => name).join('')).toBe(left);
        one.set('3', 'again');
        one.deleteDigits(0);
        expect(one.has('3')).toBe(false);
      }
    });
  }

  it('copies without sharing changes', () => {
    const collection = new Collection({ namesMax: 10, bytesMax: 1_000 }, base);
    collection.set('a', 5);
    const copy = collection.copy();
    copy.set('a', 6);
    expect([collection.number('a'), copy.number('a')]).toStrictEqual([5, 6]);
  });

  it('accepts no name above its limit', () => {
    const collection = new Collection({ namesMax: 2, bytesMax: 1_000 });
    expect(collection.set('a', 1) && collection.set('b', 1)).toBeTruthy();
    expect(collection.set('c', 1)).toBeFalsy();
    expect(collection.set('a', 2), 'a name that is there can still change').toBeTruthy();
    expect(collection.has('c')).toBe(false);
  });

  it('accepts no more bytes of names and texts than its limit', () => {
    const collection = new Collection({ namesMax: 100, bytesMax: 10 });
    expect(collection.set('abc', 'defg')).toBeTruthy();
    expect(collection.set('h', 'ijk'), '11 bytes').toBeFalsy();
    expect(collection.set('h', 'ij'), '10 bytes').toBeTruthy();
    expect(collection.set('abc', 'defgh')).toBeFalsy();
    expect(collection.get('abc')).toBe('defg');
    expect(
      collection.set('abc', 'x') && collection.set('h', 'ijklm'),
      'what a value no longer takes is free',
    ).toBeTruthy();
    expect(collection.copy().set('i', ''), 'a copy has no more room').toBeFalsy();
    collection.delete('h');
    expect(
      collection.set('nopq', 12_345_678),
      'so is what a name that is gone took; a number is not text',
    ).toBeTruthy();
    expect(collection.set('rst', 1)).toBeFalsy();
  });

  it('always has room for a number under an existing name', () => {
    const collection = new Collection({ namesMax: 100, bytesMax: 1 }, new Map([['score', 0]]));
    expect(collection.set('x', 1) && collection.set('score', 5) && collection.set('score', 10)).toBeTruthy();
    expect(collection.set('y', 1)).toBeFalsy();
    expect([collection.number('score'), collection.number('x')]).toStrictEqual([10, 1]);
  });

  it('records changes so that they can be repeated, in the same order', () => {
    const bounds = { namesMax: 10, bytesMax: 1000 };
    const make = () => {
      const collection = new Collection(bounds, new Map([['base', 'b']]));
      for (const name of ['a', '1', 'c']) collection.set(name, name);
      return collection;
    };
    const [first, second] = [make(), make()];
    const changes = { unset: new Set<string>(), set: new Set<string>() };
    first.noteChanges(changes);
    first.set('d', 1);
    first.delete('1');
    first.delete('base');
    first.set('1', 'again');
    first.set('a', 'more');
    first.delete('d');
    first.noteChanges(undefined);
    first.set('unnoted', 1);
    first.delete('unnoted');
    for (const name of changes.unset) second.delete(name);
    for (const name of changes.set) second.set(name, first.value(name) ?? '');
    expect([...second.entries()]).toStrictEqual([...first.entries()]);
    expect([...second.entries()].map(([name]) => name)).toStrictEqual(['a', 'c', '1']);
    expect([first.isUnchanged, new Collection(bounds).isUnchanged, first.base.get('base')]).toStrictEqual([
      false,
      true,
      'b',
    ]);
  });

  describe('shares its changes', () => {
    type Change = (collection: Collection) => unknown;
    const name = fc.constantFrom('a', 'b', 'c', 'd', '1', '2');
    const change: fc.Arbitrary<Change> = fc.oneof(
      fc.tuple(name, fc.oneof(fc.string({ maxLength: 3 }), fc.nat())).map(
        ([of, value]): Change =>
          (collection) =>
            collection.set(of, value),
      ),
      name.map(
        (of): Change =>
          (collection) =>
            collection.delete(of),
      ),
      fc.nat(3).map(
        (from): Change =>
          (collection) =>
            collection.deleteDigits(from),
      ),
    );
    const bounds = { namesMax: 4, bytesMax: 12 };
    const made = (changes: readonly Change[]): Collection => {
      const collection = new Collection(bounds, base);
      for (const one of changes) one(collection);
      return collection;
    };
    const shown = (collection: Collection) => [...collection.entries(), collection.memoryBytes];

    it('with one that adopts them as if they were its own; later changes are separate', () => {
      const changes = fc.array(change, { maxLength: 12 });
      fc.assert(
        fc.property(changes, changes, changes, (before, mine, theirs) => {
          const first = made(before);
          const second = new Collection(bounds, base);
          second.adopt(first.share());
          expect(shown(second)).toStrictEqual(shown(first));
          for (const one of mine) one(first);
          for (const one of theirs) one(second);
          expect(shown(first)).toStrictEqual(shown(made([...before, ...mine])));
          expect(shown(second)).toStrictEqual(shown(made([...before, ...theirs])));
        }),
      );
    });

    it('with a copy; later changes are separate', () => {
      const changes = fc.array(change, { maxLength: 12 });
      fc.assert(
        fc.property(changes, changes, changes, (before, mine, theirs) => {
          const first = made(before);
          const second = first.copy();
          expect(shown(second)).toStrictEqual(shown(first));
          for (const one of mine) one(first);
          for (const one of theirs) one(second);
          expect(shown(first)).toStrictEqual(shown(made([...before, ...mine])));
          expect(shown(second)).toStrictEqual(shown(made([...before, ...theirs])));
        }),
      );
    });

    it('with a copy, without keeping texts of clients as keys', () => {
      const collection = made([]);
      expect(collection.copy().shared).toBe(collection.shared);
      expect(collection.set('a', 'from a query')).toBe(true);
      expect([collection.copy().shared, collection.shared]).toStrictEqual([undefined, undefined]);
    });

    it('as one and the same until the next change', () => {
      const collection = made([]);
      expect(collection.shared).toBe(new Collection(bounds, base).shared);
      collection.set('a', 1);
      expect(collection.shared).toBe(undefined);
      const shared = collection.share();
      collection.delete('nobody has this name');
      expect(collection.share()).toBe(shared);
      collection.set('a', 2);
      expect(collection.shared).toBe(undefined);
    });
  });
});
