import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packArchive } from '../../pack/pack-files.ts';
import { ruleFolder } from '../../seclang/rule-folder.ts';
import { runPack } from './run-pack.ts';

// Which packs are rejected is tested in test/pack/open-pack.test.ts.
describe('weir pack verify', () => {
  it('reports what was checked and what was not', async (test) => {
    const { code, out } = await runPack('verify', await packArchive(test));
    expect(code).toBe(0);
    expect(out).toMatch(
      /^acme 1\.0\.0 sha256:\w{64}: signatures not checked \(--trust\); not checked against a lock file/,
    );
  });

  it('ends with 1 for a pack that is refused', async (test) => {
    const policy = join(ruleFolder(test, { 'trust.yaml': 'packs: [{ name: other, unsigned: true }]' }), 'trust.yaml');
    const { code, err } = await runPack('verify', await packArchive(test), '--trust', policy);
    expect([code, err]).toStrictEqual([1, expect.stringMatching(/no rule of the trust policy covers a pack named/)]);
  });
});
