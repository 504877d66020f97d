import { describe, expect, it } from 'vitest';
import { packArchive, packFiles } from '../../pack/pack-files.ts';
import { runPack } from './run-pack.ts';

describe('weir pack inspect', () => {
  const manifest =
    'ids: [1000-1999]\nsettings: [{ name: limit, type: number, default: 5, what: how many }]\nprofile: { mode: detect, limits: { jsonDepthMax: 9 } }\n';

  it('shows a pack’s manifest and contents', async (test) => {
    const path = await packArchive(test, packFiles({ manifest }));
    const { code, out } = await runPack('inspect', path, '--output', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      name: 'acme',
      ids: '1000-1999',
      settings: [{ name: 'limit', type: 'number', default: '5', what: 'how many' }],
      profile: { mode: 'detect', 'limits.jsonDepthMax': 9 },
      keyIds: [],
      contents: [{ name: 'pack.yaml' }, { name: 'rules.conf' }],
    });
    expect((await runPack('inspect', path)).out).toMatch(/^profile:\n {2}mode: detect\n {2}limits\.jsonDepthMax: 9$/m);
    expect((await runPack('inspect', path)).out).toMatch(/^settings:\n {2}limit {2}number {2}5 {2}how many$/m);
  });

  it('shows no control characters', async (test) => {
    const path = await packArchive(test, packFiles({ manifest: 'description: "a\\e]0;owned\\a\\u202eb"\n' }));
    expect((await runPack('inspect', path)).out).toMatch(/^description: a\\u\{1b\}\]0;owned\\u\{7\}\\u\{202e\}b$/m);
  });
});
