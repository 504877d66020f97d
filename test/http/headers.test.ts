import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allValues, declaredLength, firstValue } from '../../src/http/headers.ts';

const headers = [
  { name: 'host', value: 'a' },
  { name: 'content-type', value: 'text/plain' },
  { name: 'content-type', value: 'application/json' },
  { name: '__proto__', value: 'x' },
];

describe('firstValue', () => {
  it('answers the first of several', () => {
    assert.equal(firstValue(headers, 'content-type'), 'text/plain');
  });

  it('answers undefined when there is none', () => {
    assert.equal(firstValue(headers, 'cookie'), undefined);
    assert.equal(firstValue([], 'constructor'), undefined);
  });
});

describe('allValues', () => {
  it('keeps order and duplicates', () => {
    assert.deepEqual(allValues(headers, 'content-type'), ['text/plain', 'application/json']);
    assert.deepEqual(allValues(headers, '__proto__'), ['x']);
    assert.deepEqual(allValues(headers, 'cookie'), []);
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
      assert.equal(declaredLength(values.map((value) => ({ name: 'content-length', value }))), length);
    });
  }
});
