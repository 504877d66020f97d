// When work leaves the thread, and what happens when too much waits.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, describe, it } from 'node:test';
import { queryObjects } from 'node:v8';
import { Piscina } from 'piscina';
import { constants } from '../../src/base/constants.ts';
import { limits } from '../../src/base/limits.ts';
import { HitBuffer } from '../../src/matching/hits.ts';
import { nativeAddon } from '../../src/matching/native.ts';
import { MatcherPool, placeOf } from '../../src/matching/pool.ts';
import { createBatchHits, createStreamHits, FieldBatch, StreamScan } from '../../src/matching/scan.ts';
import { plainProgram, regex } from '../support/matching.ts';

const threaded = new MatcherPool({ scanThreads: 1, compileThreads: 1 });
const sliced = new MatcherPool({ scanThreads: 0, compileThreads: 1 });
after(() => Promise.all([threaded.close(), sliced.close()]));

const large = 5 * constants.workerSliceBytes + 17;

describe('placeOf', () => {
  it('keeps small work here, and sends large work where there is room', () => {
    assert.equal(placeOf(limits.inlineScanBytesMax, 4), 'inline');
    assert.equal(placeOf(limits.inlineScanBytesMax + 1, 4), 'worker');
    assert.equal(placeOf(limits.inlineScanBytesMax + 1, 0), 'sliced');
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
        assert.equal(await pool.scan(program, batch, hits), 3);
        assert.deepEqual([hits.fieldAt(2), hits.patternAt(2), hits.toAt(2)], [1, 1, 6]);
      }
    }
    program.close();
  });

  it('lets errors of other threads come back as they were', async () => {
    const program = await plainProgram([regex(1, 'a')]);
    program.close();
    const batch = new FieldBatch();
    batch.add(0, 'x'.repeat(large));
    await assert.rejects(threaded.scan(program, batch, createBatchHits()), { name: 'WafError', code: 'native.closed' });
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
      assert.deepEqual(found, [1, 4, 2]);
      assert.equal(stream.end(hits), 1);
    }
    program.close();
  });

  it('lets the loop breathe between slices', async () => {
    const program = await plainProgram([regex(1, 'a')]);
    const stream = new StreamScan(program, 0);
    let turns = 0;
    const timer = setImmediate(function again() {
      turns += 1;
      if (turns < 1_000) setImmediate(again);
    });
    await sliced.feed(stream, Buffer.alloc(large), createStreamHits(program), () => undefined);
    clearImmediate(timer);
    assert.ok(turns >= 10, `the loop turned ${turns} times`);
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
    assert.ok(refused.length > 0, 'nothing was refused');
    for (const { reason } of refused) assert.equal(reason.code, 'pool.overload');
    assert.ok(refused.length < outcomes.length, 'everything was refused');
    assert.equal(pool.queueLength, 0);
    program.close();
    await pool.close();
  });

  it('takes nothing after close', async () => {
    const pool = new MatcherPool({ scanThreads: 1 });
    await pool.close();
    await pool.close();
    await assert.rejects(pool.compile([regex(1, 'a')]), { code: 'native.closed' });
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
    assert.equal(output.toString(), 'compiled\n');
  });
});

describe('handles', () => {
  it('of this file are all closed', () => {
    assert.deepEqual(nativeAddon().openHandles(), { patternSets: 0, scanPrograms: 0, streams: 0, numberSearches: 0 });
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
    assert.ok(queryObjects(Piscina, { format: 'count' }) <= before.pools + 2);
    assert.deepEqual(nativeAddon().openHandles(), before.handles);
  });

  it('first ends what is under way', async () => {
    const pool = new MatcherPool({ scanThreads: 0, compileThreads: 1 });
    const compiled = pool.compile([regex(1, 'needle')]);
    await pool.close();
    nativeAddon().releasePatternSet(await compiled);
    await assert.rejects(pool.compile([regex(1, 'needle')]), { code: 'native.closed' });
  });
});
