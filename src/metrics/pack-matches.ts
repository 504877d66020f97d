// Exchanges in which rules of packs that only report matched: what a pack on trial would have found. Called once for each
// exchange with a match, in the path of traffic.

import { reportingPackOf } from '../pack/use-rules.ts';
import type { PlanPack } from '../plan/plan.ts';
import type { TransactionRecord } from '../transaction/record.ts';
import { LabelCounts, otherLabel } from './label-counts.ts';
import type { Sample } from './metric.ts';

/** The packs of a profile's rules; none if other rules are in force by now. */
export type PacksOf = (profile: string, generation: number) => readonly Pick<PlanPack, 'name' | 'version'>[];

/** Counts by pack and version. */
export class PackMatches {
  /** By name and version, separated by a blank, which neither contains. */
  readonly #counts: LabelCounts;
  readonly #packsOf: PacksOf;

  /** @param labelsMax packs and versions with a count of their own. */
  constructor(labelsMax: number, packsOf: PacksOf) {
    this.#counts = new LabelCounts(labelsMax);
    this.#packsOf = packsOf;
  }

  /** Adds an exchange to the count of each pack that reported in it. */
  add({ matches, profile, generation }: Pick<TransactionRecord, 'matches' | 'profile' | 'generation'>): void {
    let names: Set<string> | undefined;
    for (const { tags } of matches) {
      for (const tag of tags) {
        const name = reportingPackOf(tag);
        if (name !== undefined) names = (names ?? new Set()).add(name);
      }
    }
    if (names === undefined) return;
    const packs = this.#packsOf(profile, generation);
    for (const name of names) {
      const version = packs.find((pack) => pack.name === name)?.version ?? otherLabel;
      this.#counts.add(`${name} ${version}`);
    }
  }

  /** The samples, by pack and version. */
  get samples(): readonly Sample[] {
    const sums = new Map<string, number>();
    for (const [both, value] of this.#counts.all) {
      // The folded count has no version, and a pack may have its name.
      const key = both === otherLabel ? `${otherLabel} ${otherLabel}` : both;
      sums.set(key, (sums.get(key) ?? 0) + value);
    }
    return [...sums].map(([both, value]) => {
      const [pack = '', version = ''] = both.split(' ');
      return { labels: { pack, version }, value };
    });
  }
}
