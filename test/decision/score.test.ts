import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readScores } from '../../src/decision/score.ts';
import { Collection } from '../../src/evaluate/collection.ts';

const scores = (values: Record<string, number>) =>
  readScores(new Collection({ namesMax: 100, bytesMax: 1_000 }, new Map(Object.entries(values))));

describe('readScores', () => {
  it('is zero where no rule scored', () => assert.deepEqual(scores({}), { inbound: 0, outbound: 0 }));

  it('reads the score of the starter pack', () => {
    assert.deepEqual(scores({ inbound_anomaly_score: 5, outbound_anomaly_score: 4 }), { inbound: 5, outbound: 4 });
  });

  it('reads what CRS added up', () => {
    assert.equal(scores({ blocking_inbound_anomaly_score: 10, inbound_anomaly_score_pl1: 10 }).inbound, 10);
  });

  it('adds paranoia levels up before CRS did', () => {
    assert.equal(scores({ inbound_anomaly_score_pl1: 5, inbound_anomaly_score_pl2: 3 }).inbound, 8);
  });
});
