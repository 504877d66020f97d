// Hits by rule, with a label only for the most frequent ones, so that a scanner that triggers every rule once does not create a
// series for each. Values never decrease: a rule that gets a label starts at its previous count under that label, and hits
// without a label stay in `other`.

import { otherLabel } from './label-counts.ts';

interface RuleCount {
  /** All hits. */
  total: number;
  /** Those counted while it had a label. */
  labelled: number;
  hasLabel: boolean;
}

/** How many. */
export interface RuleHitsOptions {
  /** Rules with a label of their own. */
  readonly labelsMax: number;
  /** Rules that are counted at all, to find the most frequent ones; hits of further rules stay `other`. */
  readonly rulesMax: number;
}

/**
 * A rule without a label takes over the label of one with less than half as many hits, so that rules of similar frequency do not
 * flap.
 */
const takeOverRatio = 2;

/** After how many hits without a label the labels are reconsidered. */
const lookEvery = 64;

/** Counts hits. */
export class RuleHits {
  readonly #options: RuleHitsOptions;
  readonly #rules = new Map<number, RuleCount>();
  #labels = 0;
  #others = 0;

  constructor(options: RuleHitsOptions) {
    this.#options = options;
  }

  /** A rule matched. */
  add(ruleId: number): void {
    const rule = this.#rules.get(ruleId) ?? this.#first(ruleId);
    if (rule === undefined) {
      this.#others += 1;
      return;
    }
    rule.total += 1;
    if (!rule.hasLabel && this.#others % lookEvery === 0) this.#askForLabel(rule);
    if (rule.hasLabel) rule.labelled += 1;
    else this.#others += 1;
  }

  /** Label → hits. */
  get all(): ReadonlyMap<string, number> {
    const shown = [...this.#rules].filter(([, { hasLabel }]) => hasLabel);
    const counts = new Map(shown.map(([ruleId, { labelled }]) => [String(ruleId), labelled]));
    return this.#others === 0 ? counts : counts.set(otherLabel, this.#others);
  }

  #first(ruleId: number): RuleCount | undefined {
    if (this.#rules.size >= this.#options.rulesMax) return undefined;
    const hasLabel = this.#labels < this.#options.labelsMax;
    if (hasLabel) this.#labels += 1;
    const rule = { total: 0, labelled: 0, hasLabel };
    this.#rules.set(ruleId, rule);
    return rule;
  }

  #askForLabel(rule: RuleCount): void {
    let rarest: RuleCount | undefined;
    for (const one of this.#rules.values()) {
      if (one.hasLabel && (rarest === undefined || one.total < rarest.total)) rarest = one;
    }
    if (rarest === undefined || rule.total <= takeOverRatio * rarest.total) return;
    rarest.hasLabel = false;
    rule.hasLabel = true;
  }
}
