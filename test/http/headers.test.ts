import { describe, expect, it } from 'vitest';
import { allValues, declaredLength, firstValue } from '../../src/http/headers.ts';

const headers = [
  { name: 'host', value: 'a' },
  { name: 'content-type', value: 'text/plain' },
  { name: 'content-type', value: 'application/json' },
  { name: '__proto__', value: 'x' },
];

describe('firstValue', () => {
  it('returns the first of several', () => {
    expect(firstValue(headers, 'content-type')).toBe('text/plain');
  });

  it('returns undefined when there is none', () => {
    expect(firstValue(headers, 'cookie')).toBe(undefined);
    expect(firstValue([], 'constructor')).toBe(undefined);
  });
});

describe('allValues', () => {
  it('keeps order and duplicates', () => {
    expect(allValues(headers, 'content-type')).toStrictEqual(['text/plain', 'application/json']);
    expect(allValues(headers, '__proto__')).toStrictEqual(['x']);
    expect(allValues(headers, 'cookie')).toStrictEqual([]);
  });
});

describe('declaredLength', () => {
  for (const [values, length] of [
    [[], undefined],
    [['0'], 0],
    [['42'], 42],
    [['042'], 42],
    [['42', '42'], undefined],
    [['42, 42'], undefined],
    [['-1'], undefined],
    [['4e1'], undefined],
    [[''], undefined],
    [['9'.repeat(16)], undefined],
  ] as const) {
    it(`is ${length} of ${JSON.stringify(values)}`, () => {
      expect(declaredLength(values.map((value) => ({ name: 'content-length', value })))).toBe(length);
    });
  }
});
