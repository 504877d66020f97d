// Lists that the admin address shows, of one server or combined from several. Plain values; nothing is counted here.

/** An exchange on which live and candidate rules disagree. All texts are printable ASCII without secrets. */
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

/** The verdict of one side. */
export interface ShadowExampleSide {
  readonly verdict: string;
  readonly ruleId: number;
  readonly score: number;
  /** Rules that matched and log. */
  readonly rules: readonly number[];
}

/** How often an exclusion applied. */
export interface ExclusionReport {
  /** A short description. */
  readonly exclusion: string;
  readonly owner: string;
  readonly reason: string;
  readonly expires?: string;
  /** `FILE:LINE:COLUMN`. */
  readonly place: string;
  readonly profiles: readonly string[];
  /** Exchanges in which it applied; null: it applies in all, so this is unknown. */
  readonly hits: number | null;
  /** When it applied last; absent: never. */
  readonly lastHit?: string;
  /** Start of the count: the start of the server, or the reload that added it. */
  readonly countedSince: string;
}

/** A server of several that died of what it did itself. All texts are printable ASCII, secrets cut out. */
export interface CrashReport {
  readonly at: string;
  /** Number of the server, from 0, and its process id. */
  readonly process: number;
  readonly pid: number;
  readonly signal: string;
  /** Number of the rules of the exchange. */
  readonly generation: number;
  /** Rules were being loaded: they may have crashed it, and not the exchange. */
  readonly wasLoading: boolean;
  /** Of the exchange's profile; of all profiles where no exchange was inspected. */
  readonly packs: readonly { readonly name: string; readonly version: string; readonly digest?: string }[];
  /** What was inspected; absent: nothing. */
  readonly exchange?: {
    readonly requestId: string;
    readonly profile: string;
    /** `request-head`, `request-body`, `close` … */
    readonly part: string;
    readonly method: string;
    readonly host: string;
    readonly target: string;
    /** Of the proxy's message. */
    readonly messageBytes: number;
  };
  /** A name for what the message says, the same for each that says the same. */
  readonly input?: string;
  /** What this crash, the last of several, brought into quarantine. */
  readonly quarantined?: 'input' | 'profile';
}

/** The lists by name. */
export interface AdminReports {
  readonly shadow: readonly ShadowExample[];
  readonly exclusions: readonly ExclusionReport[];
  /** The last crashes first, and what is kept out because of them. One server alone knows of none: there is nobody to report them. */
  readonly crashes: {
    readonly crashes: readonly CrashReport[];
    readonly quarantine: { readonly inputs: readonly string[]; readonly profiles: readonly string[] };
  };
}

/** Combines the lists of several servers: the latest examples first, `max` of them. */
export function examplesTogether(all: readonly (readonly ShadowExample[])[], max: number): readonly ShadowExample[] {
  return all
    .flat()
    .toSorted((a, b) => (a.at < b.at ? 1 : -1))
    .slice(0, max);
}

/** Combines the lists of several servers with the same configuration. */
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
        // A count starts when the last of them started counting.
        countedSince: latestOf(same.map((one) => one.countedSince)) ?? first.countedSince,
      };
    },
  );
}

/** The latest of times in ISO 8601, UTC. */
const latestOf = (times: readonly string[]): string | undefined =>
  times.toSorted((a, b) => Date.parse(a) - Date.parse(b)).at(-1);

/** Exclusions that were counted for this many days without applying once. */
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
