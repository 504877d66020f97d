import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ruleFolder } from '../../seclang/rule-folder.ts';
import { runPack } from './run-pack.ts';

describe('weir pack new', () => {
  it('writes a pack without lint findings', async (test) => {
    const folder = join(ruleFolder(test, {}), 'acme');
    expect((await runPack('new', folder, '--ids', '5000-5099', '--vendor', 'A "B"')).code).toBe(0);
    const { code, out } = await runPack('lint', folder);
    expect({ code, out }).toStrictEqual({ code: 0, out: '0 errors, 0 warnings, 0 notes\n' });
  });

  it('overwrites nothing, and rejects invalid names and ranges', async (test) => {
    const folder = ruleFolder(test, { 'acme/rules.conf': 'mine' });
    expect((await runPack('new', join(folder, 'acme'))).err).toMatch(/acme exists already/);
    expect(readFileSync(join(folder, 'acme/rules.conf'), 'utf8')).toBe('mine');
    expect((await runPack('new', join(folder, 'Acme'))).err).toMatch(/"Acme" is not a pack name/);
    expect((await runPack('new', join(folder, 'b'), '--ids', 'x')).err).toMatch(/--ids "x" is not a range/);
  });
});
