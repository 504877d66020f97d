// Problems of a configuration file, and their places.

import { describe, expect, it } from 'vitest';
import { LineCounter, parseDocument } from 'yaml';
import { Problems, shownValue } from '../../src/config/problems.ts';

describe('Problems', () => {
  it('are reported in the order of their places, whatever order they were found in, each once', () => {
    const lines = new LineCounter();
    parseDocument('a: 1\nb: 2\n', { lineCounter: lines });
    const problems = new Problems('f', lines);
    problems.throwIfAny();
    for (const offset of [8, 3, 8]) problems.add(offset, `at ${offset}`);
    const message = 'f:1:4: at 3\nf:2:4: at 8';
    expect(() => problems.throwIfAny()).toThrow(expect.objectContaining({ code: 'config.invalid', message }));
  });
});

describe('shownValue', () => {
  const cases: readonly (readonly [unknown, string])[] = [
    [undefined, 'nothing'],
    [null, 'nothing'],
    [[], 'an empty list'],
    [[1], 'a list'],
    [{}, 'a mapping'],
    ['a', '"a"'],
    [1e99, '1e+99'],
    ['x'.repeat(500), `"${'x'.repeat(59)}…`],
  ];
  for (const [value, shown] of cases) it(`shows ${shown.slice(0, 20)}`, () => expect(shownValue(value)).toBe(shown));
});
