// The measurement of bench/micro/linear.ts with a counting clock, and its worst inputs: they exist for every decoder and
// transformation, and nothing throws on them. No times.

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
import { loadPlan } from '../../src/compile/compile.ts';
import { nativeAddon } from '../../src/matching/native.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
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

  it('recognises linear, quadratic and constant work', () => {
    expect(growthOf((bytes) => bytes).ratio).toBe(2);
    expect(growthOf((bytes) => bytes ** 2).ratio).toBe(4);
    expect(growthOf(() => 1).ratio).toBe(1);
  });

  it('takes the first size that takes long enough, at most the largest', () => {
    expect(growthOf((bytes) => bytes).bytes).toBe(128);
    expect(growthOf(() => 1).bytes).toBe(1024);
  });

  it('measures again when the ratio is too high, and ignores a single disturbance', () => {
    const once = growthOf((bytes) => bytes).runs;
    // Its last six rounds are one attempt. A disturbed one has two, and another follows it.
    const disturbed = growthOf((bytes, run) => (bytes === 256 && run <= once - 12 ? 1000 : bytes));
    expect(disturbed.ratio).toBe(2);
    expect(disturbed.runs).toBeGreaterThan(once);
  });
});

describe('worst inputs', () => {
  let plan: Plan;
  beforeAll(async () => {
    const cacheFolder = join(import.meta.dirname, '../../.cache/pattern-sets');
    plan = await loadPlan([join(import.meta.dirname, '../../rules/starter')], { cacheFolder });
  });
  afterAll(() => closePlan(plan));

  it('exist for every decoder, encoding and transformation, several each', async () => {
    const types = worstBodies.map(({ headers }) => processorOf(headers.map(({ value }) => value)));
    for (const processor of ['URLENCODED', 'JSON', 'XML', 'MULTIPART', 'GRAPHQL', 'GRPC', 'RAW'] as const) {
      expect(types.filter((one) => one === processor).length, processor).toBeGreaterThanOrEqual(5);
    }
    const codings = worstBodies.flatMap(({ headers }) => headers.filter(({ name }) => name === 'content-encoding'));
    const coded = new Set(codings.flatMap(({ value }) => value.split(', ')));
    expect(coded).toStrictEqual(new Set(['gzip', 'deflate', 'br', 'zstd']));
    const { works, programs } = await transformationWorks();
    for (const name of nativeAddon().transformNames()) {
      expect(works.filter((work) => work.name.startsWith(`t:${name}:`)).length, name).toBeGreaterThan(100);
    }
    for (const work of works) work.prepare(64)();
    for (const program of programs) program.close();
  });

  it('have unique names and the requested size', () => {
    const rules = Object.values(ruleWorks()).flat();
    const names = [...decoderWorks(), ...detectorWorks(), ...exchangeWorks(plan), ...rules].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, headers, make } of worstBodies) {
      const isCoded = headers.some((header) => header.name === 'content-encoding');
      const size = make(300_000).length;
      expect(isCoded || (size > 200_000 && size < 420_000), `${name}: ${size}`).toBeTruthy();
    }
  });

  it('cause no exception', () => {
    for (const body of worstBodies) readBody(body, [body.make(3_000)]);
    const rules = Object.values(ruleWorks()).flat();
    expect(rules.length).toBeGreaterThan(40);
    for (const work of [...detectorWorks(), ...exchangeWorks(plan), ...rules]) work.prepare(3_000)();
    expect(worstExchanges.length).toBeGreaterThan(100);
  });
});
