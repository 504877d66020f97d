// The addon in several threads: loads, shares, unloads.

import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import compile from '../../src/matching/compile-worker.ts';
import { nativeAddon } from '../../src/matching/native.ts';
import { regex } from '../support/matching.ts';
import { until } from '../support/until.ts';

const nativeUrl = new URL('../../src/matching/native.ts', import.meta.url).href;

/** Runs code in a thread, with `native`, `workerData` and `answer(value)`, which posts a value. */
function inThread(
  code: string,
  data: unknown = undefined,
): { worker: Worker; answer: Promise<unknown>; ended: Promise<unknown> } {
  const source = `
    import { parentPort, workerData } from 'node:worker_threads';
    import { nativeAddon } from ${JSON.stringify(nativeUrl)};
    const native = nativeAddon();
    const answer = (value) => parentPort.postMessage(value);
    ${code}`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), { workerData: data });
  return {
    worker,
    answer: new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject)),
    ended: new Promise((resolve) => worker.once('exit', resolve)),
  };
}

const pattern = JSON.stringify(regex(1, 'ab'));

describe('compile', () => {
  it('returns a handle, or an error that survives the transfer', () => {
    const made = compile({ patterns: [regex(1, 'a')], cacheFolder: undefined, use: 'any' });
    expect.assert('handle' in made && made.handle > 0);
    nativeAddon().releasePatternSet(made.handle);
    const failed = compile({ patterns: [regex(1, '(')], cacheFolder: undefined, use: 'any' });
    expect.assert('code' in failed && failed.code === 'pattern.compile', JSON.stringify(failed));
    expect(failed.message).toMatch(/^pattern 0/);
  });
});

describe('a set compiled in another thread', () => {
  it('ends with that thread unless it was adopted', async () => {
    const native = nativeAddon();
    const code = `answer([1, 2].map(() => native.compilePatternSet([${pattern}])));
      parentPort.on('message', () => process.exit());`;
    const { worker, answer, ended } = inThread(code);
    const [kept, lost] = (await answer) as [number, number];
    native.adoptPatternSet(kept);
    expect(() => native.releasePatternSet(lost), 'this thread holds no reference').toThrow(
      expect.objectContaining({ code: 'native.argument' }),
    );
    worker.postMessage('end');
    await ended;
    expect(() => native.patternSetReport(lost)).toThrow(expect.objectContaining({ code: 'native.closed' }));
    expect(native.patternSetReport(kept).patternCount).toBe(1);
    native.releasePatternSet(kept);
  });

  it('is freed when the thread is killed', async () => {
    const native = nativeAddon();
    const before = native.openHandles();
    const code = `const set = native.compilePatternSet([${pattern}]);
      const program = native.createScanProgram({ chains: [[]], classes: [[{ chain: 0, set }]] });
      native.openStream(program, 0);
      answer(native.openHandles());
      parentPort.on('message', () => {});`;
    const { worker, answer } = inThread(code);
    expect(((await answer) as typeof before).streams).toBe(before.streams + 1);
    await worker.terminate();
    expect(native.openHandles()).toStrictEqual(before);
  });
});

describe('a stream', () => {
  it('can be passed from thread to thread', async () => {
    const native = nativeAddon();
    const set = native.compilePatternSet([regex(1, 'one two')]);
    const program = native.createScanProgram({ chains: [[]], classes: [[{ chain: 0, set }]] });
    const stream = native.openStream(program, 0);
    const hits = new Uint32Array(6);
    native.feedStream(stream, Buffer.from('one'), hits);
    const feed = `const hits = new Uint32Array(6);
      answer([native.feedStream(workerData, Buffer.from(' tw'), hits), ...hits]);`;
    expect(((await inThread(feed, stream).answer) as number[])[0]).toBe(0);
    expect(native.feedStream(stream, Buffer.from('o'), hits)).toBe(1);
    expect(native.endStream(stream, hits)).toBe(0);
    native.releaseScanProgram(program);
    native.releasePatternSet(set);
  });
});

describe('a stream in use', () => {
  it('is refused to another thread until the operation ends', async () => {
    const native = nativeAddon();
    const set = native.compilePatternSet([regex(1, '(?:a|b)*c[^d]{2,20}e', { engine: 're2' })]);
    const program = native.createScanProgram({ chains: [[]], classes: [[{ chain: 0, set }]] });
    const stream = native.openStream(program, 0);
    const wasSeen = new Int32Array(new SharedArrayBuffer(4));
    const { answer, ended } = inThread(
      `answer('begins');
      const chunk = Buffer.alloc(1024 * 1024, 'ab');
      const hits = new Uint32Array(6);
      while (Atomics.load(workerData.wasSeen, 0) === 0) {
        try {
          native.feedStream(workerData.stream, chunk, hits);
        } catch (error) {
          if (error.code !== 'native.busy') throw error;
        }
      }`,
      { stream, wasSeen },
    );
    await answer;
    const refusal = (): unknown => {
      try {
        native.streamBytes(stream);
        return undefined;
      } catch (error) {
        return error;
      }
    };
    const refused = until('the stream is refused', refusal).finally(() => Atomics.store(wasSeen, 0, 1));
    expect(((await refused) as { readonly code: unknown }).code).toBe('native.busy');
    await ended;
    expect(native.streamBytes(stream), 'usable again').toBeGreaterThan(0);
    native.discardStream(stream);
    native.releaseScanProgram(program);
    native.releasePatternSet(set);
  });
});

describe('the addon', () => {
  it('loads and unloads in many threads', async () => {
    const code = `const set = native.compilePatternSet([${pattern}]);
      const program = native.createScanProgram({ chains: [[]], classes: [[{ chain: 0, set }]] });
      const hits = new Uint32Array(6);
      for (let n = 0; n < 500; n += 1) native.scanBatch(program, Buffer.from('xxab'), new Uint32Array([0, 0, 4]), 1, hits);
      answer(hits[0]);`;
    for (let round = 0; round < 3; round += 1) {
      const threads = Array.from({ length: 4 }, () => inThread(code));
      expect(await Promise.all(threads.map(({ answer }) => answer))).toStrictEqual([1, 1, 1, 1]);
      await Promise.all(threads.map(({ ended }) => ended));
    }
    expect(nativeAddon().openHandles()).toStrictEqual({
      patternSets: 0,
      scanPrograms: 0,
      streams: 0,
      numberSearches: 0,
    });
  });
});
