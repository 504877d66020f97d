import { describe, expect, it } from 'vitest';
import { openImage, toImage } from '../../src/plan/image.ts';
import { recipeOf, withRecipe } from '../../src/plan/recipe.ts';

const adder = (by: number) => withRecipe((to: number) => to + by, 'adder', by);
const twice = (step: (to: number) => number) => withRecipe((to: number) => step(step(to)), 'twice', step);

function again<Value>(value: Value): Value {
  const image = openImage(toImage(value, recipeOf));
  image.makeParts({ adder, twice });
  return image.value as Value;
}

describe('openImage', () => {
  it('restores plain values, and shared values as shared', () => {
    const shared = { location: { file: 'a.conf', line: 1 }, absent: undefined };
    const value = {
      list: [shared, shared, null, -0, Number.NaN, '\u00ff\u0000'],
      map: new Map([['b', shared]]),
      set: new Set([3, 1]),
      words: new Uint32Array([1, 2]),
    };
    const found = again(value);
    expect(found).toStrictEqual(value);
    expect(found.list[0]).toBe(found.list[1]);
    expect(found.map.get('b')).toBe(found.list[0]);
  });

  it('recreates parts, each once, dependencies first', () => {
    const one = adder(1);
    const two = twice(one);
    const found = again({ two, one, list: [two], map: new Map([['one', one]]), order: { first: 1, two, last: 2 } });
    expect([found.one(1), found.two(1)]).toStrictEqual([2, 3]);
    expect(found.list[0]).toBe(found.two);
    expect(found.map.get('one')).toBe(found.one);
    expect(Object.keys(found.order)).toStrictEqual(['first', 'two', 'last']);
  });

  it('keeps cycles', () => {
    const value: { self?: unknown; step: unknown } = { step: adder(1) };
    value.self = value;
    const found = again(value);
    expect(found.self).toBe(found);
  });
});

describe('toImage', () => {
  it.each([
    ['a function', [() => 1]],
    ['an instance', [new Date()]],
    ['a map with objects for keys', [new Map([[{}, 1]])]],
    ['a set of objects', [new Set([{}])]],
  ])('refuses %s that it could not give back', (_, value) => {
    expect(() => toImage(value, recipeOf)).toThrow(expect.objectContaining({ code: 'internal' }));
  });
});
