// How often each exclusion of the configuration applied. A sink of records; exclusions keep their counts over reloads while their
// text is unchanged.

import type { ExclusionReport } from '../admin/reports.ts';
import { wallClock } from '../base/clock.ts';
import type { Limits } from '../base/limits.ts';
import { type Exclusion, endOf } from '../config/exclusion.ts';
import { exclusionIdFirst } from '../config/exclusion-rules.ts';
import type { ProfileConfig } from '../config/profiles.ts';
import { LabelCounts } from '../metrics/label-counts.ts';
import { printable } from '../telemetry/redact.ts';
import type { TransactionRecord } from '../transaction/record.ts';
import type { ExchangeSink } from '../transaction/record-sinks.ts';

/** Generations that open exchanges may still use; hits of older ones are not counted. */
const generationsMax = 4;

/** Characters of an exclusion's short description. */
const shortCharactersMax = 120;

interface Counted {
  readonly exclusion: Exclusion;
  readonly profiles: Set<string>;
  readonly since: Date;
  hits: number;
  lastHit: Date | undefined;
}

/** Counts them. */
export class ExclusionHits implements ExchangeSink {
  readonly name = 'hits of exclusions';
  /** Those in force, by what they say. */
  #inForce = new Map<string, Counted>();
  /** By generation and profile, in the order of the rules that were made of them. */
  readonly #byProfile = new Map<number, ReadonlyMap<string, readonly Counted[]>>();
  readonly #metric: LabelCounts;

  constructor({ metricLabelsMax }: Pick<Limits, 'metricLabelsMax'>) {
    this.#metric = new LabelCounts(metricLabelsMax);
  }

  /** Profiles were put in force. */
  inForce(generation: number, profiles: Iterable<Pick<ProfileConfig, 'name' | 'exclusions'>>): void {
    const before = this.#inForce;
    const now = wallClock();
    this.#inForce = new Map();
    const byProfile = new Map<string, readonly Counted[]>();
    for (const { name, exclusions } of profiles) {
      byProfile.set(
        name,
        exclusions.map((exclusion) => this.#count(exclusion, name, { before, now })),
      );
    }
    this.#byProfile.set(generation, byProfile);
    for (const old of this.#byProfile.keys()) if (old <= generation - generationsMax) this.#byProfile.delete(old);
  }

  onRecord({ matches, profile, generation }: TransactionRecord): void {
    for (const { ruleId } of matches) {
      if (ruleId < exclusionIdFirst) continue;
      const counted = this.#byProfile.get(generation)?.get(profile)?.[ruleId - exclusionIdFirst];
      if (counted === undefined) continue;
      counted.hits += 1;
      counted.lastHit = wallClock();
      this.#metric.add(shortOf(counted.exclusion));
    }
  }

  /** Hits by exclusion, in short. */
  get hits(): ReadonlyMap<string, number> {
    return this.#metric.all;
  }

  /** How many are active, end within two weeks, or have ended. */
  states(now: Date, soonMs: number): Readonly<Record<'active' | 'ending' | 'ended', number>> {
    const states = { active: 0, ending: 0, ended: 0 };
    for (const { exclusion } of this.#inForce.values()) {
      const leftMs = (endOf(exclusion) ?? Infinity) * 1000 - now.getTime();
      states[leftMs <= 0 ? 'ended' : leftMs <= soonMs ? 'ending' : 'active'] += 1;
    }
    return states;
  }

  /** Every exclusion in force. */
  get all(): readonly ExclusionReport[] {
    return [...this.#inForce.values()].map(({ exclusion, profiles, since, hits, lastHit }) => {
      const { owner, reason, expires, location } = exclusion;
      return {
        exclusion: shortOf(exclusion),
        owner: printable(owner),
        reason: printable(reason),
        ...(expires === undefined ? {} : { expires }),
        place: printable(`${location.file}:${location.line}:${location.column}`),
        profiles: [...profiles].map(printable),
        hits: isConditional(exclusion) ? hits : null,
        ...(lastHit === undefined ? {} : { lastHit: lastHit.toISOString() }),
        countedSince: since.toISOString(),
      };
    });
  }

  #count(
    exclusion: Exclusion,
    profile: string,
    { before, now }: { readonly before: ReadonlyMap<string, Counted>; readonly now: Date },
  ): Counted {
    const { location: _, ...said } = exclusion;
    const key = JSON.stringify(said);
    const known = this.#inForce.get(key);
    const earlier = before.get(key);
    const counted: Counted = known ?? {
      exclusion,
      profiles: new Set(),
      since: earlier?.since ?? now,
      hits: earlier?.hits ?? 0,
      lastHit: earlier?.lastHit,
    };
    counted.profiles.add(profile);
    this.#inForce.set(key, counted);
    return counted;
  }
}

/** Whether a rule is made from it, which matches or not. An unconditional exclusion changes rules before any request. */
function isConditional({ at: { hosts, path, methods, sources }, expires }: Exclusion): boolean {
  return [hosts, path, methods, sources, expires].some((one) => one !== undefined);
}

/** Owner, rules and place, by which people recognize it. */
function shortOf({ owner, ids, tags, at: { hosts, path, methods, sources, fields } }: Exclusion): string {
  const rules = [...ids, ...tags.map((tag) => `tag:${tag}`)].join(',');
  const place = [methods, hosts, path && Object.values(path), sources, fields].flatMap((one) => one?.join(',') ?? []);
  const text = printable(`${owner}: ${rules}${place.length === 0 ? '' : ` at ${place.join(' ')}`}`);
  return text.length > shortCharactersMax ? `${text.slice(0, shortCharactersMax)}...` : text;
}
