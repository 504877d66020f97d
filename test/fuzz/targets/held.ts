// What a reader of a body holds when its sender pauses: everything that it does not hold has been reported, as if the body had ended there.
// Inputs are those of the target `body-reader`.

import { limits } from '../../../src/base/limits.ts';
import { cutAt } from '../../support/event-log.ts';
import { assertToldUnlessHeld, openReader } from '../../support/told.ts';
import { cutsOf, type FuzzTarget } from '../target.ts';
import { target as bodies, splitHead } from './body-reader.ts';

const bounds = { ...limits, expansionFreeBytes: 32 * 1024, decodedBytesMax: 512 * 1024 };

/** The fuzz target. */
export const target: FuzzTarget = {
  ...bodies,
  inputBytesMax: 1_000,
  branchesMax: (bytes) => 4_000_000 + 40_000 * bytes,
  run: (input) => {
    const { headers, body } = splitHead(input);
    const open = () => openReader(headers, bounds);
    const cuts = cutsOf(body);
    // A pause at each cut, and at the end.
    for (const [index, cut] of [...cuts, body.length].entries()) {
      if (cut > 0) assertToldUnlessHeld(open, cutAt(body.subarray(0, cut), cuts.slice(0, index)));
    }
  },
};
