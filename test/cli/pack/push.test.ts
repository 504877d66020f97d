import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packArchive, packFiles } from '../../pack/pack-files.ts';
import { ruleFolder } from '../../seclang/rule-folder.ts';
import { registryMissing, startRegistry } from '../../support/oci-registry.ts';
import { runPack } from './run-pack.ts';

describe('weir pack push', () => {
  it.skipIf(registryMissing)('puts a pack and its signatures where pull finds them', async (test) => {
    const host = await startRegistry(test);
    const archive = await packArchive(test);
    await runPack('keygen', join(dirname(archive), 'a'));
    await runPack('sign', archive, '--key', join(dirname(archive), 'a.key'));
    const { code, out } = await runPack('push', archive, `oci://${host}/acme`, '--floating-tags');
    expect(code).toBe(0);
    const [, digest = ''] = new RegExp(`^oci://${host}/acme:1\\.0\\.0@(sha256:\\w{64})\n$`).exec(out) ?? [];
    const folder = ruleFolder(test, {
      'trust.yaml': `keys: { a: ${dirname(archive)}/a.pub }\npacks: [{ name: acme, keys: [a] }]`,
    });
    for (const name of [':1.0.0', ':1.0', ':1', `@${digest}`]) {
      const options = ['--output', folder, '--lock', join(folder, 'weir.lock'), '--trust', join(folder, 'trust.yaml')];
      expect(await runPack('pull', `oci://${host}/acme${name}`, ...options)).toMatchObject({ code: 0, err: '' });
    }
  });

  it('refuses folders, digests and what is no pack', async (test) => {
    const archive = await packArchive(test);
    const codeOf = async (...words: string[]) => (await runPack('push', ...words)).code;
    expect(await codeOf(ruleFolder(test, packFiles()), 'oci://127.0.0.1:1/a')).toBe(2);
    expect(await codeOf(archive, `oci://127.0.0.1:1/a@sha256:${'0'.repeat(64)}`)).toBe(2);
    expect(await codeOf(archive, 'registry/a')).toBe(2);
    expect(await codeOf(archive, 'oci://127.0.0.1:1/a')).toBe(1);
  });
});
