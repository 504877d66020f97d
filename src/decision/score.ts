// The anomaly scores that rules left in TX, by the names of OWASP CRS and of the starter pack. Reads, never decides.

/** What scores are read from: TX. */
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
  /** One for each paranoia level. */
  readonly parts: readonly string[];
}

const namesOf = (direction: 'inbound' | 'outbound'): ScoreNames => ({
  totals: [`blocking_${direction}_anomaly_score`, `${direction}_anomaly_score`],
  parts: [1, 2, 3, 4].map((level) => `${direction}_anomaly_score_pl${level}`),
});

const inbound = namesOf('inbound');
const outbound = namesOf('outbound');

function scoreOf({ totals, parts }: ScoreNames, tx: ScoreSource): number {
  // CRS adds the levels up only in its blocking rules; before those have run the parts are the truth.
  let score = 0;
  for (const part of parts) score += tx.number(part);
  for (const total of totals) score = Math.max(score, tx.number(total));
  return score;
}

/** The scores in TX, 0 where no rule scored. */
export function readScores(tx: ScoreSource): Scores {
  return { inbound: scoreOf(inbound, tx), outbound: scoreOf(outbound, tx) };
}
