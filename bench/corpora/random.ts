// A small seeded generator, so that a corpus is the same in every run and on every machine.

/** Returns a function that yields whole numbers in [0, below); the sequence depends on `seed` alone (xorshift32). */
export function createRandom(seed: number): (below: number) => number {
  let state = seed >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
}
