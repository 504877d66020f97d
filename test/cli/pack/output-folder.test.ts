import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packArchive, packFiles } from '../../pack/pack-files.ts';
import { ruleFolder } from '../../seclang/rule-folder.ts';
import { runPack } from './run-pack.ts';

describe('outputFolder', () => {
  it('is asked for before anything is built or fetched', async (test) => {
    const none = join(ruleFolder(test, {}), 'none');
    const sources = [
      ['build', ruleFolder(test, packFiles())],
      ['pull', await packArchive(test)],
      ['add', 'crs-plugin:shop@1.0.0', '--from', ruleFolder(test, {})],
    ] as const;
    for (const words of sources) {
      expect(await runPack(...words, '--output', none)).toStrictEqual({
        code: 2,
        out: '',
        err: `weir pack ${words[0]}: --output ${none}: no such folder\n`,
      });
    }
  });
});
