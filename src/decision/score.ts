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

const paranoiaLevels = [1, 2, 3, 4];

function scoreOf(direction: 'inbound' | 'outbound', tx: ScoreSource): number {
  const total = [`blocking_${direction}_anomaly_score`, `${direction}_anomaly_score`].map((name) => tx.number(name));
  // CRS adds the levels up only in its blocking rules; before those have run the parts are the truth.
  const parts = paranoiaLevels
    .map((level) => tx.number(`${direction}_anomaly_score_pl${level}`))
    .reduce((sum, part) => sum + part, 0);
  return Math.max(...total, parts);
}

/** The scores in TX, 0 where no rule scored. */
export function readScores(tx: ScoreSource): Scores {
  return { inbound: scoreOf('inbound', tx), outbound: scoreOf('outbound', tx) };
}
