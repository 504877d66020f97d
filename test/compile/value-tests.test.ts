import { describe, expect, it } from 'vitest';
import {
  type BindingContext,
  constantTest,
  lateBinding,
  negatedTest,
  operatorBinding,
  streamOf,
  testMakers,
} from '../../src/compile/value-tests.ts';
import type { NumberSearch } from '../../src/matching/number-search.ts';
import { openImage, toImage } from '../../src/plan/image.ts';
import { recipeOf } from '../../src/plan/recipe.ts';

const location = { file: 'a.data', line: 1, column: 1 };
const searches: NumberSearch[] = [];
const context: BindingContext = {
  numberSearches: searches,
  readLines: () => [{ text: '10.0.0.0/8', location, isShown: true }],
};

function again<Part>(part: Part): Part {
  const image = openImage(toImage([part], recipeOf));
  image.makeParts(testMakers([]));
  return (image.value as readonly Part[])[0] as Part;
}

describe('testMakers', () => {
  it.each([
    ['eq', '1', '1', '2'],
    ['within', 'GET POST', 'GET', 'PUT'],
    ['ipMatch', '10.0.0.0/8', '10.1.1.1', '11.1.1.1'],
    ['ipMatchFromFile', 'a.data', '10.1.1.1', '11.1.1.1'],
    ['validateByteRange', '32-126', '\u0001', 'a'],
    ['verifyCC', '\\d{16}', '4111111111111111', '4111111111111112'],
    ['detectSQLi', '', "1' or 1=1 --", 'a'],
    ['unconditionalMatch', '', 'a', undefined],
  ])('make the test of @%s %s again', (name, argument, matching, other) => {
    const test = constantTest(name, argument, context);
    for (const one of [test, again(test)]) {
      expect(one(matching)).toBe(true);
      if (other !== undefined) expect(one(other)).toBe(false);
      expect(again(negatedTest(one))(matching)).toBe(false);
    }
    for (const search of searches.splice(0)) search.close();
  });

  it('make bindings again', () => {
    expect(again(lateBinding('streq', context))('a')('a')).toBe(true);
    expect(operatorBinding('rx', context)).toBeUndefined();
    const bind = operatorBinding('streq', context);
    expect(again(bind)?.('a')('b')).toBe(false);
    expect(() => again(operatorBinding('ipMatchFromFile', context))?.('a')).toThrow(/is read when rules are loaded/);
  });

  it.each([false, true])('create tests of long values again, negated: %s', (negated) => {
    const open = streamOf(constantTest('verifyCC', '\\d{16}', context), negated);
    for (const one of [open, again(open)]) {
      const stream = one?.();
      stream?.write(Buffer.from('4111111111111111'));
      expect(stream?.end()).toBe(!negated);
    }
    expect(streamOf(constantTest('streq', 'a', context), negated)).toBeUndefined();
    for (const search of searches.splice(0)) search.close();
  });
});
