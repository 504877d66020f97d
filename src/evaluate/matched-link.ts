// A link that matched, with its matches, for recording a run. Plain data.

import type { Link } from '../plan/plan.ts';
import type { FieldMatch } from './field-match.ts';

/** A link and all its matches, at least one. */
export interface MatchedLink {
  readonly link: Link;
  readonly matches: readonly FieldMatch[];
}
