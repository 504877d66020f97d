// An exclusion as people configure it: rules, where, who asked for it, why, until when. Plain values; exclusion-rules.ts turns
// them into rules.

import type { PathMatch } from '../profile/route-match.ts';
import type { Location } from '../seclang/ast.ts';

/** Where an exclusion applies; what is absent is not checked. */
export interface ExclusionPlace {
  /** `*` stands for any characters. */
  readonly hosts?: readonly string[];
  readonly path?: PathMatch;
  readonly methods?: readonly string[];
  /** Addresses and networks of clients. */
  readonly sources?: readonly string[];
  /** SecLang variables that the rules stop looking at, `ARGS:q` or `ARGS:/^q/`; absent: the rules do not run at all. */
  readonly fields?: readonly string[];
}

/** One exclusion. */
export interface Exclusion {
  /** Ids and ranges of ids. */
  readonly ids: readonly string[];
  /** Whole tags. */
  readonly tags: readonly string[];
  readonly at: ExclusionPlace;
  readonly owner: string;
  readonly reason: string;
  /** The last day on which it applies, `YYYY-MM-DD`, UTC. */
  readonly expires?: string;
  /** Where it is written. */
  readonly location: Location;
}

const dayMs = 86_400_000;
/** How many days before its end an exclusion is reported. */
const noticeDays = 14;

/** When an exclusion ends, in seconds since 1970: after its last day, UTC. Undefined: never. */
export function endOf({ expires }: Pick<Exclusion, 'expires'>): number | undefined {
  return expires === undefined ? undefined : (Date.parse(`${expires}T00:00:00Z`) + dayMs) / 1000;
}

/** Messages about exclusions that have ended, or end within two weeks. */
export function exclusionNotices(exclusions: readonly Exclusion[], now: Date): readonly string[] {
  return exclusions.flatMap((exclusion) => {
    const { expires, location, owner, reason } = exclusion;
    const leftMs = (endOf(exclusion) ?? Infinity) * 1000 - now.getTime();
    if (leftMs > noticeDays * dayMs) return [];
    const when = leftMs <= 0 ? `ended after ${expires}` : `ends after ${expires}, in ${Math.ceil(leftMs / dayMs)} days`;
    return [`${location.file}:${location.line}:${location.column}: the exclusion of ${owner} ${when}: ${reason}`];
  });
}
