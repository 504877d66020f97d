// Trees of values with their places.

import { describe, expect, it } from 'vitest';
import { constants } from '../../src/base/constants.ts';
import { YamlSource } from '../../src/config/yaml-source.ts';

const read = (text: string): YamlSource => new YamlSource('f', text, { N: '5', W: 'w' });

describe('YamlSource', () => {
  it('knows values and their places', () => {
    const source = read('a:\n  - x\n  - b: ${N}\nc:\n');
    expect(source.tree).toStrictEqual({ a: ['x', { b: 5 }], c: null });
    expect(source.placeOf(['a', 1, 'b'])).toBe('f:3:8');
    expect(source.placeOf(['c'])).toBe('f:4:1');
    expect(source.placeOf(['d'])).toBe(undefined);
    expect([source.variablesOf(['a', 1, 'b']), source.textOf(['a', 1, 'b'])]).toStrictEqual([['N'], '5']);
    expect([source.variablesOf(['a', 0]), source.textOf(['a', 0])]).toStrictEqual([[], undefined]);
  });

  it('accepts __proto__ as an ordinary key', () => {
    const { tree } = read('__proto__: {a: 1}\n');
    expect(Object.keys(tree as object)).toStrictEqual(['__proto__']);
    expect(Object.getPrototypeOf(tree)).toBe(Object.prototype);
  });

  const bombs = {
    'a value inside itself': 'a: &a [*a]',
    'values that multiply': [
      'a0: &a0 [1, 1]',
      ...Array.from({ length: 30 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}]`),
    ].join('\n'),
    'deep values': `a: ${'['.repeat(constants.configDepthMax + 1)}${']'.repeat(constants.configDepthMax + 1)}`,
  };
  for (const [name, text] of Object.entries(bombs)) {
    it(`refuses ${name}`, () => {
      expect(() => read(text).problems.throwIfAny()).toThrow(/nested too deeply, or an alias creates too many/);
    });
  }
});
