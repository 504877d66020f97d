// The anomaly scores that rules left in TX, by the names of OWASP CRS and of the starter pack. Only reads.

/** The source of scores: TX. */
export interface ScoreSource {
  readonly number: (name: string) => number;
}

/** Scores of an exchange so far. */
export interface Scores {
  readonly inbound: number;
  readonly outbound: number;
}

interface ScoreNames {
  readonly totals: readonly string[];
  /** One per paranoia level. */
  readonly parts: readonly string[];
}

const namesOf = (direction: 'inbound' | 'outbound'): ScoreNames => ({
  totals: [`blocking_${direction}_anomaly_score`, `${direction}_anomaly_score`],
  parts: [1, 2, 3, 4].map((level) => `${direction}_anomaly_score_pl${level}`),
});

const inbound = namesOf('inbound');
const outbound = namesOf('outbound');

function scoreOf({ totals, parts }: ScoreNames, tx: ScoreSource): number {
  // The CRS sums the levels only in its blocking rules; until those have run, the parts count.
  let score = 0;
  for (const part of parts) score += tx.number(part);
  for (const total of totals) score = Math.max(score, tx.number(total));
  return score;
}

/** The scores in TX; 0 if no rule scored. */
export function readScores(tx: ScoreSource): Scores {
  return { inbound: scoreOf(inbound, tx), outbound: scoreOf(outbound, tx) };
}
