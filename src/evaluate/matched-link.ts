// A link that matched, and in what: shown to whoever records a run. Plain data.

import type { Link } from '../plan/plan.ts';
import type { FieldMatch } from './field-match.ts';

/** A link and all its matches, of which there is at least one. */
export interface MatchedLink {
  readonly link: Link;
  readonly matches: readonly FieldMatch[];
}
