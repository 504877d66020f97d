// When work leaves the thread, and what happens when too much waits.

import { execFileSync } from 'node:child_process';
import { queryObjects } from 'node:v8';
import { Piscina } from 'piscina';
import { afterAll, describe, expect, it } from 'vitest';
import { constants } from '../../src/base/constants.ts';
import { limits } from '../../src/base/limits.ts';
import { HitBuffer } from '../../src/matching/hits.ts';
import { nativeAddon } from '../../src/matching/native.ts';
import { MatcherPool, placeOf } from '../../src/matching/pool.ts';
import { createBatchHits, createStreamHits, FieldBatch, StreamScan } from '../../src/matching/scan.ts';
import { plainProgram, regex } from '../support/matching.ts';

const threaded = new MatcherPool({ scanThreads: 1, compileThreads: 1 });
const sliced = new MatcherPool({ scanThreads: 0, compileThreads: 1 });
afterAll(() => Promise.all([threaded.close(), sliced.close()]));

const large = 5 * constants.workerSliceBytes + 17;

describe('placeOf', () => {
  it('keeps small work here, and sends large work where there is room', () => {
    expect(placeOf(limits.inlineScanBytesMax, 4)).toBe('inline');
    expect(placeOf(limits.inlineScanBytesMax + 1, 4)).toBe('worker');
    expect(placeOf(limits.inlineScanBytesMax + 1, 0)).toBe('sliced');
  });
});

describe('MatcherPool.scan', () => {
  it('finds the same wherever it runs', async () => {
    const program = await plainProgram([regex(1, 'needle'), regex(2, '^x')]);
    for (const pool of [threaded, sliced]) {
      for (const length of [10, large]) {
        const batch = new FieldBatch();
        batch.add(0, `${'x'.repeat(length)}needle`);
        batch.add(0, 'needle');
        const hits = new HitBuffer(1);
        expect(await pool.scan(program, batch, hits)).toBe(3);
        expect([hits.fieldAt(2), hits.patternAt(2), hits.toAt(2)]).toStrictEqual([1, 1, 6]);
      }
    }
    program.close();
  });

  it('lets errors of other threads come back as they were', async () => {
    const program = await plainProgram([regex(1, 'a')]);
    program.close();
    const batch = new FieldBatch();
    batch.add(0, 'x'.repeat(large));
    await expect(threaded.scan(program, batch, createBatchHits())).rejects.toThrow(
      expect.objectContaining({ name: 'WafError', code: 'native.closed' }),
    );
  });
});

describe('MatcherPool.feed', () => {
  it('gives every hit to the caller, slice by slice', async () => {
    const program = await plainProgram([regex(1, 'first'), regex(2, 'last'), regex(3, 'end\\z'), regex(4, 'cut')]);
    const text = `first${'.'.repeat(constants.workerSliceBytes - 6)}cut${'.'.repeat(large)}last end`;
    for (const pool of [threaded, sliced]) {
      const stream = new StreamScan(program, 0);
      const hits = createStreamHits(program);
      const found: number[] = [];
      await pool.feed(stream, Buffer.from(text), hits, (some) => {
        for (let n = 0; n < some.count; n += 1) found.push(some.patternAt(n));
      });
      expect(found).toStrictEqual([1, 4, 2]);
      expect(stream.end(hits)).toBe(1);
    }
    program.close();
  });

  it('lets the loop yieldToEventLoop between slices', async () => {
    const program = await plainProgram([regex(1, 'a')]);
    const stream = new StreamScan(program, 0);
    let turns = 0;
    const timer = setImmediate(function again() {
      turns += 1;
      if (turns < 1_000) setImmediate(again);
    });
    await sliced.feed(stream, Buffer.alloc(large), createStreamHits(program), () => undefined);
    clearImmediate(timer);
    expect(turns, `the loop turned ${turns} times`).toBeGreaterThanOrEqual(10);
    stream.discard();
    program.close();
  });
});

describe('MatcherPool limits', () => {
  it('refuses work when too much waits', async () => {
    const pool = new MatcherPool({ scanThreads: 1, compileThreads: 1, queueLengthMax: 2 });
    const program = await plainProgram([regex(1, 'a+b')]);
    const work = Array.from({ length: 40 }, () => {
      const batch = new FieldBatch();
      batch.add(0, 'a'.repeat(large));
      return pool.scan(program, batch, createBatchHits());
    });
    const outcomes = await Promise.allSettled(work);
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused.length, 'nothing was refused').toBeGreaterThan(0);
    for (const { reason } of refused) expect(reason.code).toBe('pool.overload');
    expect(refused.length, 'everything was refused').toBeLessThan(outcomes.length);
    expect(pool.queueLength).toBe(0);
    program.close();
    await pool.close();
  });

  it('takes nothing after close', async () => {
    const pool = new MatcherPool({ scanThreads: 1 });
    await pool.close();
    await pool.close();
    await expect(pool.compile([regex(1, 'a')])).rejects.toThrow(expect.objectContaining({ code: 'native.closed' }));
  });

  it('never keeps the process alive', () => {
    const script = `
      import { MatcherPool } from ${JSON.stringify(new URL('../../src/matching/pool.ts', import.meta.url).href)};
      const pool = new MatcherPool({ scanThreads: 1 });
      await pool.compile([{ id: 1, engine: 'hyperscan', kind: 'regex', source: 'a', caseless: false }]);
      console.log('compiled');`;
    const output = execFileSync(process.execPath, ['--input-type=module-typescript', '-e', script], {
      timeout: 20_000,
    });
    expect(output.toString()).toBe('compiled\n');
  });
});

describe('handles', () => {
  it('of this file are all closed', () => {
    expect(nativeAddon().openHandles()).toStrictEqual({
      patternSets: 0,
      scanPrograms: 0,
      streams: 0,
      numberSearches: 0,
    });
  });
});

describe('a pool that was closed', () => {
  it('leaves nothing behind: no threads, no timers, no sets', async () => {
    const before = { pools: queryObjects(Piscina, { format: 'count' }), handles: nativeAddon().openHandles() };
    for (let round = 0; round < 5; round += 1) {
      const pool = new MatcherPool({ scanThreads: 1, compileThreads: 1 });
      const set = await pool.compile([regex(1, 'needle')]);
      nativeAddon().releasePatternSet(set);
      await pool.close();
    }
    // This function may still hold the last of them.
    expect(queryObjects(Piscina, { format: 'count' })).toBeLessThanOrEqual(before.pools + 2);
    expect(nativeAddon().openHandles()).toStrictEqual(before.handles);
  });

  it('first ends what is under way', async () => {
    const pool = new MatcherPool({ scanThreads: 0, compileThreads: 1 });
    const compiled = pool.compile([regex(1, 'needle')]);
    await pool.close();
    nativeAddon().releasePatternSet(await compiled);
    await expect(pool.compile([regex(1, 'needle')])).rejects.toThrow(
      expect.objectContaining({ code: 'native.closed' }),
    );
  });
});
