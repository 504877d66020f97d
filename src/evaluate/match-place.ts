// Where in a value a rule found its match, and the transformations before: for logs. Bounded, because a client can make many
// rules match in long values.

import { toByteString } from '../base/bytes.ts';
import { constants } from '../base/constants.ts';
import { nativeAddon } from '../matching/native.ts';
import type { FieldMatch } from './field-match.ts';

/** The position of a match. */
export interface MatchPlace {
  /** Bytes of the transformed value up to the end of the match; 0 for operators without a position. */
  readonly offset: number;
  /** Names of the transformations that changed the value, in order; absent for a value that is long or not kept whole. */
  readonly transformations?: readonly string[];
  /** The end of the transformed value up to `offset`, a byte string; absent whenever `transformations` is. */
  readonly excerpt?: string;
}

/** The place of a match. */
export function placeOf(match: FieldMatch): MatchPlace {
  const offset = match.to;
  const { received } = match;
  if (match.isPart || received === undefined || received.length > constants.excerptValueBytesMax) return { offset };
  const names = nativeAddon().transformNames();
  let bytes = received;
  const transformations = match.transformations.flatMap((id) => {
    const next = nativeAddon().transform([id], bytes);
    const isChanged = Buffer.compare(next, bytes) !== 0;
    bytes = next;
    return isChanged ? [names[id] ?? ''] : [];
  });
  const end = offset === 0 ? Math.min(bytes.length, constants.excerptBytesMax) : offset;
  const excerpt = toByteString(bytes.subarray(Math.max(0, end - constants.excerptBytesMax), end));
  return { offset, transformations, excerpt };
}
