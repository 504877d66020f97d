import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { digestOf } from '../../../src/pack/digest.ts';
import { packArchive, packFiles } from '../../pack/pack-files.ts';
import { ruleFolder } from '../../seclang/rule-folder.ts';
import { runPack } from './run-pack.ts';

const pullInto = (folder: string, ...words: string[]) =>
  runPack('pull', ...words, '--output', folder, '--lock', join(folder, 'weir.lock'));
const version = (test: TestContext, one: string, more = '') =>
  packArchive(test, packFiles({ version: one, 'rules.conf': `SecMarker A${more}\n` }));

describe('weir pack pull', () => {
  it('keeps the pack, and locks its version and digest', async (test) => {
    const folder = ruleFolder(test, {});
    const archive = await version(test, '1.0.0');
    const { code, out } = await pullInto(folder, archive);
    expect({ code, out }).toStrictEqual({
      code: 0,
      out: `${folder}/acme-1.0.0.tgz ${digestOf(readFileSync(archive))}\n`,
    });
    expect(readFileSync(join(folder, 'acme-1.0.0.tgz')).equals(readFileSync(archive))).toBe(true);
    expect(readFileSync(join(folder, 'weir.lock'), 'utf8')).toContain(digestOf(readFileSync(archive)));
    const verified = await runPack('verify', join(folder, 'acme-1.0.0.tgz'), '--lock', join(folder, 'weir.lock'));
    expect(verified.out).toMatch(/; as locked$/m);
  });

  it('rejects an older version, different bytes of the same version and another digest, and then changes nothing', async (test) => {
    const folder = ruleFolder(test, {});
    await pullInto(folder, await version(test, '1.1.0'));
    const before = [readdirSync(folder), readFileSync(join(folder, 'weir.lock'), 'utf8')];
    const old = await version(test, '1.0.0');
    expect(await pullInto(folder, old)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/older than 1\.1\.0/) as string,
    });
    const other = await version(test, '1.1.0', 'B');
    expect(await pullInto(folder, other)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/its digest is/) as string,
    });
    const zero = `sha256:${'0'.repeat(64)}`;
    const newer = await version(test, '1.2.0');
    expect(await pullInto(folder, newer, '--digest', zero)).toMatchObject({ code: 1 });
    expect(await pullInto(folder, newer, '--digest', 'x')).toMatchObject({ code: 2 });
    writeFileSync(`${newer}.sig`, '{}');
    const trust = join(ruleFolder(test, { 't.yaml': 'packs: [{ name: x, unsigned: true }]' }), 't.yaml');
    expect(await pullInto(folder, newer, '--trust', trust)).toMatchObject({ code: 1 });
    expect([readdirSync(folder), readFileSync(join(folder, 'weir.lock'), 'utf8')]).toStrictEqual(before);
    expect(await pullInto(folder, old, '--allow-downgrade')).toMatchObject({ code: 0 });
  });

  it('leaves no signatures of different bytes behind', async (test) => {
    const folder = ruleFolder(test, { 'acme-1.0.0.tgz.sig': 'of something else' });
    await pullInto(folder, await version(test, '1.0.0'));
    expect(existsSync(join(folder, 'acme-1.0.0.tgz.sig'))).toBe(false);
  });
});
