// Lists that the admin address shows, of one server or of several together. Plain values; nothing is counted here.

/** An exchange that live and candidate rules judge differently. All texts are printable ASCII, secrets cut out. */
export interface ShadowExample {
  readonly at: string;
  readonly outcome: string;
  readonly requestId: string;
  readonly profile: string;
  readonly candidate: string;
  readonly method?: string;
  readonly host?: string;
  readonly target?: string;
  readonly live: ShadowExampleSide;
  readonly shadow: ShadowExampleSide;
}

/** What one of the two made of it. */
export interface ShadowExampleSide {
  readonly verdict: string;
  readonly ruleId: number;
  readonly score: number;
  /** Rules that matched and log. */
  readonly rules: readonly number[];
}

/** How often an exclusion counted. */
export interface ExclusionReport {
  /** What it says, in short. */
  readonly exclusion: string;
  readonly owner: string;
  readonly reason: string;
  readonly expires?: string;
  /** `FILE:LINE:COLUMN`. */
  readonly place: string;
  readonly profiles: readonly string[];
  /** Exchanges in which it counted; null: it counts in all, and nobody can say when it was needed. */
  readonly hits: number | null;
  /** When it counted last; absent: it did not. */
  readonly lastHit?: string;
  /** From when on hits are counted: the start of the server, or the reload that brought it. */
  readonly countedSince: string;
}

/** The lists by name. */
export interface AdminReports {
  readonly shadow: readonly ShadowExample[];
  readonly exclusions: readonly ExclusionReport[];
}

/** Of several servers one list, the last examples first, `max` of them. */
export function examplesTogether(all: readonly (readonly ShadowExample[])[], max: number): readonly ShadowExample[] {
  return all
    .flat()
    .toSorted((a, b) => (a.at < b.at ? 1 : -1))
    .slice(0, max);
}

/** Of several servers with the same configuration one list. */
export function exclusionsTogether(all: readonly (readonly ExclusionReport[])[]): readonly ExclusionReport[] {
  return [...Map.groupBy(all.flat(), ({ exclusion, place }) => JSON.stringify([exclusion, place])).values()].map(
    (same) => {
      const [first] = same as [ExclusionReport];
      const { lastHit: _, ...said } = first;
      const lastHit = latestOf(same.flatMap((one) => one.lastHit ?? []));
      return {
        ...said,
        hits: first.hits === null ? null : same.reduce((sum, one) => sum + (one.hits ?? 0), 0),
        ...(lastHit === undefined ? {} : { lastHit }),
        // What one of them did not count cannot be said of all.
        countedSince: latestOf(same.map((one) => one.countedSince)) ?? first.countedSince,
      };
    },
  );
}

/** The latest of times in ISO 8601, UTC. */
const latestOf = (times: readonly string[]): string | undefined =>
  times.toSorted((a, b) => Date.parse(a) - Date.parse(b)).at(-1);

/** Those that were counted for so many days and did not count once in them. */
export function unusedExclusions(
  exclusions: readonly ExclusionReport[],
  days: number,
  now: Date,
): readonly ExclusionReport[] {
  const since = new Date(now.getTime() - days * 86_400_000).toISOString();
  return exclusions.filter(
    ({ hits, lastHit = '', countedSince }) => hits !== null && countedSince <= since && lastHit < since,
  );
}
