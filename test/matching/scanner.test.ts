import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { constants } from '../../src/base/constants.ts';
import type { ScanProgram } from '../../src/matching/pattern-set.ts';
import { createBatchHits, createStreamHits, FieldBatch, StreamScan, scanBatch } from '../../src/matching/scan.ts';
import { ScanThreads } from '../../src/matching/scanner.ts';
import { plainProgram, regex } from '../support/matching.ts';

const large = 4 * constants.asideWorkMin;

function batchOf(...values: readonly string[]): FieldBatch {
  const batch = new FieldBatch();
  for (const value of values) batch.add(0, value);
  return batch;
}

describe('ScanThreads', () => {
  let program: ScanProgram;
  beforeAll(async () => {
    program = await plainProgram([regex(1, 'needle'), regex(2, '^x')]);
    // The cost of a byte is known from earlier scans.
    scanBatch(program, batchOf('y'.repeat(large)), createBatchHits());
  });
  afterAll(() => program.close());

  const found = async (threads: ScanThreads, batch: FieldBatch): Promise<unknown> => {
    const hits = await threads.scanAside(program, batch);
    return hits && Array.from({ length: hits.count }, (_, n) => [hits.fieldAt(n), hits.patternAt(n), hits.toAt(n)]);
  };

  it('finds in another thread what is found here', async () => {
    const threads = new ScanThreads(1);
    expect(await found(threads, batchOf(`${'x'.repeat(large)}needle`, 'needle'))).toStrictEqual([
      [0, 2, 1],
      [0, 1, large + 6],
      [1, 1, 6],
    ]);
  });

  it('has room for every hit, however many there are', async () => {
    const batch = batchOf(...Array.from({ length: 3_000 }, () => 'x needle'), 'y'.repeat(large));
    expect(await found(new ScanThreads(1), batch)).toHaveLength(6_000);
  });

  it('leaves small scans, and those for which no thread is free, to the caller', async () => {
    const threads = new ScanThreads(2);
    expect(threads.scanAside(program, batchOf('needle')), 'little work').toBe(undefined);
    const batch = batchOf('y'.repeat(large));
    const both = [threads.scanAside(program, batch), threads.scanAside(program, batch)];
    expect(threads.busy).toBe(2);
    expect(threads.scanAside(program, batch), 'all threads are busy').toBe(undefined);
    await Promise.all(both);
    expect(threads.busy).toBe(0);
    await threads.scanAside(program, batch);
  });

  it('feeds a stream once the cost of its bytes is known, and locks it in the meantime', async () => {
    const threads = new ScanThreads(1);
    const stream = new StreamScan(program, 0);
    const hits = createStreamHits(program);
    const bytes = Buffer.alloc(large, 'y');
    expect(threads.feedAside(stream, bytes, true)).toBe(undefined);
    stream.feed(bytes, hits);
    // So much that it is still running when the next line runs, however busy the machine is.
    const much = 256 * large;
    const aside = threads.feedAside(stream, Buffer.concat([Buffer.alloc(much, 'y'), Buffer.from('needle')]), true);
    expect(() => stream.feed(bytes, hits)).toThrow(expect.objectContaining({ code: 'native.busy' }));
    const there = await aside;
    expect([there?.count, there?.patternAt(0), there?.toAt(0)]).toStrictEqual([1, 1, large + much + 6]);
    expect(stream.end(hits)).toBe(0);
  });

  it('can release a stream that is in use', async () => {
    const threads = new ScanThreads(1);
    const stream = new StreamScan(program, 0);
    const bytes = Buffer.alloc(large, 'y');
    stream.feed(bytes, createStreamHits(program));
    const aside = threads.feedAside(stream, bytes, true);
    stream.discard();
    expect((await aside)?.count).toBe(0);
  });

  it('returns errors of other threads unchanged', async () => {
    const closed = await plainProgram([regex(1, 'a')]);
    scanBatch(closed, batchOf('y'.repeat(large)), createBatchHits());
    closed.close();
    const threads = new ScanThreads(1);
    await expect(threads.scanAside(closed, batchOf('y'.repeat(large)))).rejects.toThrow(
      expect.objectContaining({ name: 'WafError', code: 'native.closed' }),
    );
    await threads.idle();
    expect(threads.busy).toBe(0);
  });
});
