import { describe, expect, it } from 'vitest';
import { comparePacks } from '../../src/pack/compare-packs.ts';
import { openPack } from '../../src/pack/open-pack.ts';
import { ruleFolder } from '../seclang/rule-folder.ts';
import { packArchive, packFiles } from './pack-files.ts';

const rule = (id: number, word: string) => `SecRule ARGS "@contains ${word}" "id:${id},phase:2,deny,t:none"\n`;

describe('comparePacks', () => {
  it('compares by ids, wherever the rules are', async (test) => {
    const setting = (name: string, preset: number) => `{ name: ${name}, type: number, default: ${preset}, what: w }`;
    const before = packFiles({
      manifest: `profile: { mode: block, limits: { jsonDepthMax: 4 } }\nsettings: [${setting('same', 1)}, ${setting('other', 1)}, ${setting('gone', 1)}]`,
      'rules.conf': rule(1, 'a') + rule(2, 'b') + rule(3, 'c'),
    });
    const after = packFiles({
      version: '2.0.0',
      manifest: `profile: { mode: block, limits: { jsonDepthMax: 5 }, onFailure: { parse: detect } }\ndependencies: { other: "*" }\nsettings: [${setting('same', 1)}, ${setting('other', 2)}, ${setting('came', 1)}]`,
      'rules.conf': `# moved\n\n${rule(3, 'c')}${rule(2, 'x')}${rule(4, 'd')}`,
    });
    const [old, later] = [ruleFolder(test, before), await packArchive(test, after)];
    expect(await comparePacks(await openPack(old), await openPack(later))).toStrictEqual({
      added: [4],
      removed: [1],
      changed: [2],
      settings: ['came', 'gone', 'other'],
      profile: ['limits.jsonDepthMax', 'onFailure.parse'],
    });
  });
});
