import { describe, expect, it } from 'vitest';
import { NameSet } from '../../src/base/name-set.ts';

describe('NameSet', () => {
  const set = new NameSet('fruit', [
    { name: 'apple', takes: 'nothing', aliases: ['Malus'] },
    { name: 'blackCurrant', takes: 'required', aliases: [] },
  ]);

  it.each([
    ['apple', 'apple'],
    ['APPLE', 'apple'],
    ['malus', 'apple'],
    ['blackcurrant', 'blackCurrant'],
    ['pear', undefined],
    ['', undefined],
  ])('finds %s', (spelling, name) => expect(set.find(spelling)?.name).toBe(name));

  it.each([
    ['aple', 'apple'],
    ['blackcurant', 'blackCurrant'],
    ['pear', undefined],
    ['a', undefined],
    ['x'.repeat(41), undefined],
  ])('says what %s may have meant', (spelling, name) => expect(set.nearest(spelling)).toBe(name));
});
