import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cacheFolderProblem, defaultCacheFolder } from '../../src/compile/cache-folder.ts';
import { loadPlan } from '../../src/compile/compile.ts';
import { closePlan } from '../../src/plan/close-plan.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-cache-folder-'));
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;

/** A new folder with this mode. */
function made(mode: number, inside = folder): string {
  count += 1;
  const path = join(inside, String(count));
  mkdirSync(path);
  chmodSync(path, mode);
  return path;
}

describe('cacheFolderProblem', () => {
  it('accepts a folder that only its owner may write to, and one that does not exist yet', () => {
    for (const mode of [0o700, 0o755, 0o750, 0o500]) expect(cacheFolderProblem(made(mode))).toBe(undefined);
    expect(cacheFolderProblem(join(folder, 'a', 'b', 'c'))).toBe(undefined);
  });

  it('rejects one that any other user may write to', () => {
    for (const mode of [0o777, 0o1777, 0o770, 0o775, 0o720, 0o702, 0o1770, 0o2775]) {
      const path = made(mode);
      expect(cacheFolderProblem(path)).toBe(`others may write to ${path} (mode ${mode.toString(8).padStart(4, '0')})`);
    }
  });

  it('refuses one that others may replace', () => {
    const open = made(0o777);
    expect(cacheFolderProblem(made(0o700, open)) ?? '').toMatch(/^others may write to .* \(mode 0777\)$/);
    expect(cacheFolderProblem(join(open, 'missing', 'too')) ?? '').toMatch(/mode 0777/);
    const shared = made(0o1777);
    expect(cacheFolderProblem(made(0o700, shared)), 'in a sticky folder it stays ours, as in /tmp').toBe(undefined);
  });

  it('refuses what is not a folder', () => {
    const path = join(folder, 'file');
    writeFileSync(path, '');
    expect(cacheFolderProblem(path)).toBe(`${path} is not a folder`);
  });

  it.skipIf(process.geteuid?.() !== 0 && 'only root can give a folder away')("refuses another user's", () => {
    const path = made(0o700);
    chownSync(path, 4711, 4711);
    expect(cacheFolderProblem(path)).toBe(`${path} belongs to another user (uid 4711)`);
  });
});

describe('loadPlan', () => {
  it('reports that it does not use such a folder, and writes nothing there', async () => {
    const rules = join(folder, 'a.conf');
    writeFileSync(rules, 'SecRule ARGS "@rx a+b" "id:1,phase:2,deny"\n');
    for (const [mode, notices, isUsed] of [
      [0o1777, 1, false],
      [0o700, 0, true],
    ] as const) {
      const cacheFolder = made(mode);
      const plan = await loadPlan([rules], { cacheFolder });
      closePlan(plan);
      expect(plan.notices.length, plan.notices.join()).toBe(notices);
      expect(plan.notices.join()).toMatch(
        notices === 0 ? /^$/ : /^compiled patterns are not cached: others may write to/,
      );
      expect(readdirSync(cacheFolder).length > 0).toBe(isUsed);
    }
  });
});

describe('defaultCacheFolder', () => {
  it('is the user’s, in the place that XDG specifies', () => {
    const before = process.env.XDG_CACHE_HOME;
    process.env.XDG_CACHE_HOME = '/var/cache/me';
    expect(defaultCacheFolder()).toBe('/var/cache/me/weir');
    process.env.XDG_CACHE_HOME = 'relative';
    expect(defaultCacheFolder()).toMatch(/^\/.*\.cache\/weir$/);
    if (before === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = before;
  });
});
