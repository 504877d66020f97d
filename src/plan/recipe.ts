// How parts of a plan that cannot be written down, such as functions, are made again: by which maker, of what. Makes nothing itself.

/** The name of a maker, and what it takes: plain values, or parts that have a recipe themselves. */
export interface Recipe {
  readonly maker: string;
  readonly of: readonly unknown[];
}

const recipes = new WeakMap<object, Recipe>();

/** Notes how a part is made again. Returns the part. */
export function withRecipe<Part extends object>(part: Part, maker: string, ...of: readonly unknown[]): Part {
  recipes.set(part, { maker, of });
  return part;
}

/** How a part is made again; undefined for what was not told. */
export function recipeOf(part: object): Recipe | undefined {
  return recipes.get(part);
}
