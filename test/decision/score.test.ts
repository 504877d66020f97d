import { describe, expect, it } from 'vitest';
import { readScores } from '../../src/decision/score.ts';
import { Collection } from '../../src/evaluate/collection.ts';

const scores = (values: Record<string, number>) =>
  readScores(new Collection({ namesMax: 100, bytesMax: 1_000 }, new Map(Object.entries(values))));

describe('readScores', () => {
  it('is zero where no rule scored', () => expect(scores({})).toStrictEqual({ inbound: 0, outbound: 0 }));

  it('reads the score of the starter pack', () => {
    expect(scores({ inbound_anomaly_score: 5, outbound_anomaly_score: 4 })).toStrictEqual({ inbound: 5, outbound: 4 });
  });

  it('reads the total of CRS', () => {
    expect(scores({ blocking_inbound_anomaly_score: 10, inbound_anomaly_score_pl1: 10 }).inbound).toBe(10);
  });

  it('adds up paranoia levels before CRS has', () => {
    expect(scores({ inbound_anomaly_score_pl1: 5, inbound_anomaly_score_pl2: 3 }).inbound).toBe(8);
  });
});
