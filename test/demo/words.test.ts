// Numbers in words.

import { describe, expect, it } from 'vitest';
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
  for (const [bytes, words] of cases) it(`says ${words}`, () => expect(bytesInWords(bytes)).toBe(words));
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

  it('distinguishes nothing, headers, a part and everything', () => {
    expect(arrivalInWords({ arrival: undefined }, 9)).toBe('nothing');
    expect(arrivalInWords({ arrival: { ...arrival, bodyBytes: 0, state: 'cut' } }, 9)).toBe('headers only');
    expect(arrivalInWords({ arrival: { ...arrival, bodyBytes: 5, state: 'cut' } }, 9)).toBe('5 B, then cut');
    expect(arrivalInWords({ arrival: { ...arrival, bodyBytes: 9, state: 'complete' } }, 9)).toBe('all 9 B');
    expect(arrivalInWords({ arrival: { ...arrival, bodyBytes: 0, state: 'complete' } }, 0)).toBe('the request');
  });
});
