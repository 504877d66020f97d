import { describe, expect, it } from 'vitest';
import { packFolder } from '../../../src/config/config.ts';
import { packFiles } from '../../pack/pack-files.ts';
import { ruleFolder } from '../../seclang/rule-folder.ts';
import { runPack } from './run-pack.ts';

describe('weir pack lint', () => {
  it.each(['starter', 'detectors'])('finds nothing wrong with the pack %s', async (name) => {
    const { code, out } = await runPack('lint', packFolder(name) as string, '--no-tests', '--output', 'json');
    const { findings } = JSON.parse(out) as { findings: readonly { readonly level: string }[] };
    expect(findings.filter(({ level }) => level !== 'note')).toStrictEqual([]);
    expect(code).toBe(0);
  });

  it('ends with 1 for errors, and with 2 for a manifest that cannot be read', async (test) => {
    const { code, out } = await runPack('lint', ruleFolder(test, packFiles()));
    expect(code).toBe(1);
    expect(out).toMatch(/rules\.conf:2:1: error: rule 1001: no test has 1001 in log\.expect_ids \[test-attack\]/);
    expect((await runPack('lint', ruleFolder(test, packFiles({ 'pack.yaml': 'files: [' })))).code).toBe(2);
    expect((await runPack('lint')).code).toBe(2);
  });
});
