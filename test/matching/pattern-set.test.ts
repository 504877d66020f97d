// Pattern sets with an owner, their cache, and captures.

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { nativeAddon } from '../../src/matching/native.ts';
import { compilePatterns, ScanProgram } from '../../src/matching/pattern-set.ts';
import { MatcherPool } from '../../src/matching/pool.ts';
import { literal, regex } from '../support/matching.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-sets-'));
const pool = new MatcherPool({ compileThreads: 1, scanThreads: 0 });
after(async () => {
  rmSync(folder, { recursive: true });
  await pool.close();
});

describe('compilePatterns', () => {
  it('compiles in the pool, and this thread then owns the set', async () => {
    const before = nativeAddon().openHandles().patternSets;
    const set = await compilePatterns([regex(1, 'a+'), literal(2, 'b')], { pool });
    assert.equal(set.report.patternCount, 2);
    assert.equal(nativeAddon().openHandles().patternSets, before + 1);
    set.close();
    set.close();
    assert.equal(nativeAddon().openHandles().patternSets, before, 'closing twice gives back one reference');
  });

  it('says which pattern the library refuses, also from the pool', async () => {
    for (const options of [{ pool }, {}]) {
      await assert.rejects(compilePatterns([regex(1, 'a'), regex(2, '(')], options), {
        name: 'WafError',
        code: 'pattern.compile',
        message: /^pattern 1: /,
      });
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
    assert.equal(await fromCache(), false);
    assert.equal(await fromCache(), true);
    const files = readdirSync(options.cacheFolder).map((name) => join(options.cacheFolder, name));
    assert.equal(files.length, 2, 'one for whole values, one for streams');
    truncateSync(files[0] as string, 40);
    assert.equal(await fromCache(), false, 'truncated');
    const bytes = readFileSync(files[1] as string);
    bytes[bytes.length - 20] = (bytes.at(-20) as number) ^ 1;
    writeFileSync(files[1] as string, bytes);
    assert.equal(await fromCache(), false, 'corrupt');
    writeFileSync(files[0] as string, '');
    assert.equal(await fromCache(), false, 'empty');
    assert.equal(await fromCache(), true, 'rebuilt');
    assert.equal(readdirSync(options.cacheFolder).length, 2, 'nothing is left beside the databases');
  });

  it('does without a folder that cannot be made', async () => {
    const set = await compilePatterns([regex(1, 'x')], { pool, cacheFolder: '/proc/no/such' });
    assert.equal(set.report.fromCache, false);
    set.close();
  });
});

describe('PatternSet.locate', () => {
  it('gives groups as offsets', async () => {
    const set = await compilePatterns([regex(1, '(a)|(b+)'), literal(2, 'passwd')]);
    assert.deepEqual(set.locate(1, Buffer.from('xbb')), [{ from: 1, to: 3 }, undefined, { from: 1, to: 3 }]);
    assert.equal(set.locate(1, Buffer.from('x')), undefined);
    assert.deepEqual(set.locate(2, Buffer.from('/etc/Passwd')), [{ from: 5, to: 11 }]);
    set.close();
    assert.throws(() => set.locate(1, Buffer.from('a')), { code: 'native.closed' });
  });
});

describe('ScanProgram', () => {
  it('knows how many hits a field can have, and closes once', async () => {
    const set = await compilePatterns([regex(1, 'a'), literal(2, 'b'), literal(2, 'c')]);
    const program = new ScanProgram({ chains: [[]], classes: [[{ chain: 0, set: set.handle }], []] });
    assert.equal(program.patternCount, 2);
    program.assertOpen();
    program.close();
    program.close();
    assert.throws(() => program.assertOpen(), { code: 'native.closed' });
    set.close();
  });
});
