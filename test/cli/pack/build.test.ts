import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packFolder } from '../../../src/config/config.ts';
import { writeArchive } from '../../../src/pack/archive-writer.ts';
import { digestOf } from '../../../src/pack/digest.ts';
import { readPackFolder } from '../../../src/pack/pack-folder.ts';
import { packFiles } from '../../pack/pack-files.ts';
import { ruleFolder } from '../../seclang/rule-folder.ts';
import { runPack } from './run-pack.ts';

describe('weir pack build', () => {
  for (const name of ['starter', 'detectors']) {
    it(`builds the pack ${name}, the same bytes each time, and a key of the day signs it`, async (test) => {
      const folder = packFolder(name) as string;
      const one = ruleFolder(test, {});
      const { code, out, err } = await runPack('build', folder, '--output', one);
      expect({ code, err }).toStrictEqual({ code: 0, err: '' });
      const [, file = '', digest] = /^(\S+\.tgz) (sha256:\w+)\n$/.exec(out) ?? [];
      expect(digestOf(readFileSync(file))).toBe(digest);
      expect(digestOf(await writeArchive(readPackFolder(folder)))).toBe(digest);
      await runPack('keygen', join(one, 'ci'));
      expect((await runPack('sign', file, '--key', join(one, 'ci.key'))).code).toBe(0);
      writeFileSync(join(one, 'trust.yaml'), 'keys: { ci: ci.pub }\npacks: [{ name: "weir-*", keys: [ci] }]');
      const verified = await runPack('verify', file, '--trust', join(one, 'trust.yaml'));
      expect(verified.out).toMatch(/^weir-\w+ \d+\.\d+\.\d+ sha256:\w+: signed by ci; /);
    });
  }

  it('writes nothing for a pack with errors', async (test) => {
    const out = ruleFolder(test, {});
    const { code, err } = await runPack('build', ruleFolder(test, packFiles()), '--output', out);
    expect(code).toBe(1);
    expect(err).toMatch(/\[test-near-miss\]/);
    expect(existsSync(join(out, 'acme-1.0.0.tgz'))).toBe(false);
    expect((await runPack('build', out)).code).toBe(2);
  });
});
