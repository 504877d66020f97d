import { describe, expect, it } from 'vitest';
import { noAttributes, textAttribute } from '../../src/http/attributes.ts';

describe('textAttribute', () => {
  for (const [value, expected] of [
    ['a', 'a'],
    ['', ''],
    [true, ''],
    [5, ''],
    [null, ''],
    [undefined, ''],
  ] as const) {
    it(`reads ${JSON.stringify(value)} as "${expected}"`, () => {
      expect(textAttribute({ name: value }, 'name')).toBe(expected);
    });
  }

  it('finds nothing among none', () => {
    expect(textAttribute(noAttributes, 'xds.route_name')).toBe('');
  });
});
