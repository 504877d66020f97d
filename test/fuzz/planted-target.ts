// A target with defects, for the tests of the fuzzer's own machinery: the first letter of an input selects what happens.

import { assertHolds, type FuzzTarget } from './target.ts';

/** The fuzz target. */
export const target: FuzzTarget = {
  inputBytesMax: 64,
  words: [],
  branchesMax: () => 1_000,
  run: (input) => {
    const letter = String.fromCharCode(input[0] ?? 0);
    assertHolds(letter !== 'T', 'an input begins with T');
    while (letter === 'H' && input.length > 0);
    const kept: number[][] = [];
    while (letter === 'M') kept.push(Array<number>(100_000).fill(kept.length));
    if (letter === 'S') run(input);
  },
};

/** Deeper than any stack. */
function run(input: Uint8Array): void {
  run(input.subarray(0));
}
