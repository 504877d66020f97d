import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
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
      assert.equal(textAttribute({ name: value }, 'name'), expected);
    });
  }

  it('finds nothing among none', () => {
    assert.equal(textAttribute(noAttributes, 'xds.route_name'), '');
  });
});
