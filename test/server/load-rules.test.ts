import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nativeAddon } from '../../src/matching/native.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { loadRules, requireRules } from '../../src/server/load-rules.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-load-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('loadRules', () => {
  it('compiles in threads and reports progress', async () => {
    const file = join(folder, 'a.conf');
    writeFileSync(file, 'SecRule ARGS "@rx a" "id:1,phase:2,deny"\nSecRule REQUEST_LINE "@rx b" "id:2,phase:1,deny"\n');
    const said: string[] = [];
    const plan = await loadRules([file], { onProgress: (done, total) => said.push(`${done}/${total}`) });
    expect(plan.diagnostics.loadedCount).toBe(2);
    expect(said).toStrictEqual(plan.sets.map((_, index) => `${index + 1}/${plan.sets.length}`));
    closePlan(plan);
  });

  it('passes errors on', async () => {
    await expect(loadRules([join(folder, 'no')], {})).rejects.toThrow(
      expect.objectContaining({ code: 'config.invalid' }),
    );
  });
});

describe('requireRules', () => {
  it('returns a plan with rules, and frees one without', async () => {
    const before = nativeAddon().openHandles();
    const file = join(folder, 'one.conf');
    writeFileSync(file, 'SecRule ARGS "@rx a" "id:1,phase:2,deny"\n');
    const plan = await loadRules([file], {});
    expect(requireRules(plan)).toBe(plan);
    closePlan(plan);
    writeFileSync(file, '# nothing\n');
    const empty = await loadRules([file], {});
    expect(() => requireRules(empty)).toThrow(/no rule was loaded/);
    expect(nativeAddon().openHandles()).toStrictEqual(before);
  });
});
