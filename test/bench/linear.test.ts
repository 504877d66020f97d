// The measurement of bench/micro/linear.ts on a clock that counts, and its worst inputs: they are there for every decoder and
// transformation, and nothing throws on them. No times.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { worstBodies } from '../../bench/corpora/worst-bodies.ts';
import { worstExchanges } from '../../bench/corpora/worst-exchanges.ts';
import { type GrowthOptions, measureGrowth } from '../../bench/micro/growth.ts';
import {
  decoderWorks,
  detectorWorks,
  exchangeWorks,
  readBody,
  ruleWorks,
  transformationWorks,
} from '../../bench/micro/linear.ts';
import { processorOf } from '../../src/body/select.ts';
import { nativeAddon } from '../../src/matching/native.ts';
import { closePlan, loadPlan } from '../../src/plan/compile.ts';
import type { Plan } from '../../src/plan/plan.ts';

describe('measureGrowth', () => {
  let now = 0;
  const options: GrowthOptions = {
    clockMs: () => now,
    bytesMin: 8,
    bytesMax: 1024,
    wantedMs: 100,
    attemptMs: 2_000,
    ratioMax: 2.3,
    retries: 2,
  };
  const growthOf = (cost: (bytes: number, run: number) => number) => {
    let runs = 0;
    const prepare = (bytes: number) => () => {
      runs += 1;
      now += cost(bytes, runs);
    };
    const { bytes, ratio } = measureGrowth({ name: 'work', prepare }, options);
    return { bytes, ratio, runs };
  };

  it('sees that work is linear, quadratic, constant', () => {
    assert.equal(growthOf((bytes) => bytes).ratio, 2);
    assert.equal(growthOf((bytes) => bytes ** 2).ratio, 4);
    assert.equal(growthOf(() => 1).ratio, 1);
  });

  it('takes the first size that takes long enough, at most the largest', () => {
    assert.equal(growthOf((bytes) => bytes).bytes, 128);
    assert.equal(growthOf(() => 1).bytes, 1024);
  });

  it('measures again what is too much, and forgives what happens once', () => {
    const once = growthOf((bytes) => bytes).runs;
    // Its last six rounds are one attempt. A disturbed one has two, and another follows it.
    const disturbed = growthOf((bytes, run) => (bytes === 256 && run <= once - 12 ? 1000 : bytes));
    assert.equal(disturbed.ratio, 2);
    assert.ok(disturbed.runs > once);
  });
});

describe('worst inputs', () => {
  let plan: Plan;
  before(async () => {
    const cacheFolder = join(import.meta.dirname, '../../.cache/pattern-sets');
    plan = await loadPlan([join(import.meta.dirname, '../../rules/starter')], { cacheFolder });
  });
  after(() => closePlan(plan));

  it('are there for every decoder, coding and transformation, several each', async () => {
    const types = worstBodies.map(({ headers }) => processorOf(headers.map(({ value }) => value)));
    for (const processor of ['URLENCODED', 'JSON', 'XML', 'MULTIPART', 'GRAPHQL', 'GRPC', 'RAW'] as const) {
      assert.ok(types.filter((one) => one === processor).length >= 5, processor);
    }
    const codings = worstBodies.flatMap(({ headers }) => headers.filter(({ name }) => name === 'content-encoding'));
    const coded = new Set(codings.flatMap(({ value }) => value.split(', ')));
    assert.deepEqual(coded, new Set(['gzip', 'deflate', 'br', 'zstd']));
    const { works, programs } = await transformationWorks();
    for (const name of nativeAddon().transformNames()) {
      assert.ok(works.filter((work) => work.name.startsWith(`t:${name}:`)).length > 100, name);
    }
    for (const work of works) work.prepare(64)();
    for (const program of programs) program.close();
  });

  it('have names of their own and the size that is asked for', () => {
    const rules = Object.values(ruleWorks()).flat();
    const names = [...decoderWorks(), ...detectorWorks(), ...exchangeWorks(plan), ...rules].map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    for (const { name, headers, make } of worstBodies) {
      const isCoded = headers.some((header) => header.name === 'content-encoding');
      const size = make(300_000).length;
      assert.ok(isCoded || (size > 200_000 && size < 420_000), `${name}: ${size}`);
    }
  });

  it('make nobody throw', () => {
    for (const body of worstBodies) readBody(body, [body.make(3_000)]);
    const rules = Object.values(ruleWorks()).flat();
    assert.ok(rules.length > 40);
    for (const work of [...detectorWorks(), ...exchangeWorks(plan), ...rules]) work.prepare(3_000)();
    assert.ok(worstExchanges.length > 100);
  });
});
