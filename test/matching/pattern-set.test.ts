// Pattern sets with an owner, their cache, and captures.

import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CompilePool } from '../../src/matching/compile-pool.ts';
import { nativeAddon } from '../../src/matching/native.ts';
import { compilePatterns, ScanProgram } from '../../src/matching/pattern-set.ts';
import { literal, regex } from '../support/matching.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-sets-'));
const pool = new CompilePool(1);
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await pool.close();
});

describe('compilePatterns', () => {
  it('compiles in the pool, and this thread then owns the set', async () => {
    const before = nativeAddon().openHandles().patternSets;
    const set = await compilePatterns([regex(1, 'a+'), literal(2, 'b')], { pool });
    expect(set.report.patternCount).toBe(2);
    expect(nativeAddon().openHandles().patternSets).toBe(before + 1);
    set.close();
    set.close();
    expect(nativeAddon().openHandles().patternSets, 'closing twice gives back one reference').toBe(before);
  });

  it('reports which pattern the library rejects, also from the pool', async () => {
    for (const options of [{ pool }, {}]) {
      await expect(compilePatterns([regex(1, 'a'), regex(2, '(')], options)).rejects.toThrow(
        expect.objectContaining({
          name: 'WafError',
          code: 'pattern.compile',
          message: expect.stringMatching(/^pattern 1: /),
        }),
      );
    }
  });

  it('takes from the cache what fits and rebuilds what does not', async () => {
    const patterns = [regex(1, 'cached?')];
    const options = { pool, cacheFolder: join(folder, 'cache') };
    const fromCache = async (): Promise<boolean> => {
      const set = await compilePatterns(patterns, options);
      set.close();
      return set.report.fromCache;
    };
    expect(await fromCache()).toBe(false);
    expect(await fromCache()).toBe(true);
    const files = readdirSync(options.cacheFolder).map((name) => join(options.cacheFolder, name));
    expect(files.length, 'one for whole values, one for streams').toBe(2);
    truncateSync(files[0] as string, 40);
    expect(await fromCache(), 'truncated').toBe(false);
    const bytes = readFileSync(files[1] as string);
    bytes[bytes.length - 20] = (bytes.at(-20) as number) ^ 1;
    writeFileSync(files[1] as string, bytes);
    expect(await fromCache(), 'corrupt').toBe(false);
    writeFileSync(files[0] as string, '');
    expect(await fromCache(), 'empty').toBe(false);
    expect(await fromCache(), 'rebuilt').toBe(true);
    expect(readdirSync(options.cacheFolder).length, 'nothing is left beside the databases').toBe(2);
  });

  it('works without a folder that cannot be created', async () => {
    const set = await compilePatterns([regex(1, 'x')], { pool, cacheFolder: '/proc/no/such' });
    expect(set.report.fromCache).toBe(false);
    set.close();
  });
});

describe('PatternSet.locate', () => {
  it('returns groups as offsets', async () => {
    const set = await compilePatterns([regex(1, '(a)|(b+)'), literal(2, 'passwd')]);
    expect(set.locate(1, Buffer.from('xbb'))).toStrictEqual([{ from: 1, to: 3 }, undefined, { from: 1, to: 3 }]);
    expect(set.locate(1, Buffer.from('x'))).toBe(undefined);
    expect(set.locate(2, Buffer.from('/etc/Passwd'))).toStrictEqual([{ from: 5, to: 11 }]);
    set.close();
    expect(() => set.locate(1, Buffer.from('a'))).toThrow(expect.objectContaining({ code: 'native.closed' }));
  });
});

describe('ScanProgram', () => {
  it('knows how many hits a field can have, and closes once', async () => {
    const set = await compilePatterns([regex(1, 'a'), literal(2, 'b'), literal(2, 'c')]);
    const program = new ScanProgram({ chains: [[]], classes: [[{ chain: 0, set: set.handle }], []] });
    expect(program.patternCount).toBe(2);
    program.close();
    program.close();
    expect(() => nativeAddon().programPatternCount(program.handle)).toThrow(
      expect.objectContaining({ code: 'native.closed' }),
    );
    set.close();
  });
});
