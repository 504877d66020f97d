import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addRule,
  addRules,
  areSameRules,
  hasRule,
  nextRule,
  type RuleBits,
  ruleBitsOf,
} from '../../src/plan/rule-bits.ts';

const count = 100;
const indexes = fc.uniqueArray(fc.integer({ min: 0, max: count - 1 })).map((list) => list.sort((a, b) => a - b));
const bitsOf = (list: readonly number[]): number[] =>
  ruleBitsOf([...Array(count).keys()], (index) => list.includes(index)).slice();

function listOf(bits: RuleBits): number[] {
  const list: number[] = [];
  for (let index = nextRule(bits, 0); index < count; index = nextRule(bits, index + 1)) list.push(index);
  return list;
}

describe('sets of rules', () => {
  it('have what was put into them, in order', () => {
    fc.assert(
      fc.property(indexes, (list) => {
        const bits = bitsOf(list);
        expect(listOf(bits)).toStrictEqual(list);
        for (let index = 0; index < count; index += 1) expect(hasRule(bits, index)).toBe(list.includes(index));
        const added: number[] = bitsOf([]);
        for (const index of list) addRule(added, index);
        expect(added).toStrictEqual(bits);
      }),
    );
  });

  it('take in others, and are the same only with the same rules', () => {
    fc.assert(
      fc.property(indexes, indexes, (one, other) => {
        const bits = bitsOf(one);
        addRules(bits, bitsOf(other));
        const both = [...new Set([...one, ...other])].sort((a, b) => a - b);
        expect(listOf(bits)).toStrictEqual(both);
        expect(areSameRules(bits, bitsOf(one))).toBe(both.length === one.length);
      }),
    );
  });

  it('have words that are small integers, also with the highest bit', () => {
    expect(bitsOf([31, 63])).toStrictEqual([-(2 ** 31), -(2 ** 31), 0, 0]);
  });

  it('may be of a phase without rules', () => {
    expect(ruleBitsOf([], () => true)).toStrictEqual([]);
    expect(nextRule([], 0)).toBe(0);
  });
});
