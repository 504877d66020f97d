import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allValues, firstValue } from '../../src/http/headers.ts';

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
