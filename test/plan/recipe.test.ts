import { describe, expect, it } from 'vitest';
import { recipeOf, withRecipe } from '../../src/plan/recipe.ts';

describe('withRecipe', () => {
  it('records how to recreate a part', () => {
    const part = (): number => 1;
    expect(recipeOf(part)).toBeUndefined();
    expect(withRecipe(part, 'one', 'a', 2)).toBe(part);
    expect(recipeOf(part)).toStrictEqual({ maker: 'one', of: ['a', 2] });
  });
});
