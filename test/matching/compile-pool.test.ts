// When compilation leaves the thread, and how its threads end.

import { execFileSync } from 'node:child_process';
import { queryObjects } from 'node:v8';
import { Piscina } from 'piscina';
import { describe, expect, it } from 'vitest';
import { CompilePool, compileTasks } from '../../src/matching/compile-pool.ts';
import { nativeAddon } from '../../src/matching/native.ts';
import { regex } from '../support/matching.ts';

describe('CompilePool', () => {
  it('returns errors of other threads unchanged', async () => {
    const pool = new CompilePool(1);
    await expect(pool.compile([regex(1, '(')])).rejects.toThrow(
      expect.objectContaining({ name: 'WafError', code: 'pattern.compile' }),
    );
    await pool.close();
  });

  it('accepts nothing after close', async () => {
    const pool = new CompilePool();
    await pool.close();
    await pool.close();
    await expect(pool.compile([regex(1, 'a')])).rejects.toThrow(expect.objectContaining({ code: 'native.closed' }));
  });

  it('reports how many sets compile and how many wait', async () => {
    const [pool, other] = [new CompilePool(2), new CompilePool(1)];
    const sets = [1, 2, 3, 4].map((id) => pool.compile([regex(id, 'a')]));
    const more = other.compile([regex(1, 'a')]);
    expect([pool.tasks, compileTasks()]).toStrictEqual([
      { running: 2, queued: 2 },
      { running: 3, queued: 2 },
    ]);
    for (const set of [...sets, more]) nativeAddon().releasePatternSet(await set);
    await Promise.all([pool.close(), other.close()]);
    expect(compileTasks()).toStrictEqual({ running: 0, queued: 0 });
  });

  it('never keeps the process alive', () => {
    const script = `
      import { CompilePool } from ${JSON.stringify(new URL('../../src/matching/compile-pool.ts', import.meta.url).href)};
      const pool = new CompilePool();
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
      const pool = new CompilePool(1);
      const set = await pool.compile([regex(1, 'needle')]);
      nativeAddon().releasePatternSet(set);
      await pool.close();
    }
    // This function may still hold the last of them.
    expect(queryObjects(Piscina, { format: 'count' })).toBeLessThanOrEqual(before.pools + 2);
    expect(nativeAddon().openHandles()).toStrictEqual(before.handles);
  });

  it('first completes running work', async () => {
    const pool = new CompilePool(1);
    const compiled = pool.compile([regex(1, 'needle')]);
    await pool.close();
    nativeAddon().releasePatternSet(await compiled);
    await expect(pool.compile([regex(1, 'needle')])).rejects.toThrow(
      expect.objectContaining({ code: 'native.closed' }),
    );
  });
});
