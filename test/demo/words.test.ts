// Numbers in words.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { arrivalInWords, bytesInWords } from '../../demo/words.ts';

describe('bytesInWords', () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1 KiB'],
    [1536, '1.5 KiB'],
    [64 * 1024 * 1024, '64 MiB'],
    [64 * 1024 * 1024 - 300 * 1024, '63.7 MiB'],
  ];
  for (const [bytes, words] of cases) it(`says ${words}`, () => assert.equal(bytesInWords(bytes), words));
});

describe('arrivalInWords', () => {
  const arrival = {
    id: '1',
    method: 'POST',
    path: '/',
    protocol: 'HTTP/1.1',
    headers: [],
    sha256: '',
    tail: '',
    trailers: [],
  } as const;

  it('tells nothing, headers, a part and all apart', () => {
    assert.equal(arrivalInWords({ arrival: undefined }, 9), 'nothing');
    assert.equal(arrivalInWords({ arrival: { ...arrival, bodyBytes: 0, state: 'cut' } }, 9), 'headers only');
    assert.equal(arrivalInWords({ arrival: { ...arrival, bodyBytes: 5, state: 'cut' } }, 9), '5 B, then cut');
    assert.equal(arrivalInWords({ arrival: { ...arrival, bodyBytes: 9, state: 'complete' } }, 9), 'all 9 B');
    assert.equal(arrivalInWords({ arrival: { ...arrival, bodyBytes: 0, state: 'complete' } }, 0), 'the request');
  });
});
