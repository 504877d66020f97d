import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { digestOf } from '../../../src/pack/digest.ts';
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

  it.skipIf(registryMissing)(
    'logs in with the environment’s and Docker’s credentials, and never shows them',
    async (test) => {
      // bcrypt of the password, as htpasswd -B writes it.
      const users = `acme:${'$2b$04$mtXtvtpUs7fvRbJdTIeuTO1GNhowr8Kaal3rHLnZBiW4sQrKP19aq'}\n`;
      const password = 'pa:ss word';
      const folder = ruleFolder(test, { htpasswd: users });
      const host = await startRegistry(
        test,
        `auth:\n  htpasswd:\n    realm: packs\n    path: ${join(folder, 'htpasswd')}\n`,
      );
      const archive = await packArchive(test);
      const pull = () =>
        runPack('pull', `oci://${host}/acme:1.0.0`, '--output', folder, '--lock', join(folder, 'weir.lock'));
      const loginOf = (secret: string): string => Buffer.from(`acme:${secret}`).toString('base64');
      const docker = (secret: string): string =>
        ruleFolder(test, { 'config.json': JSON.stringify({ auths: { [host]: { auth: loginOf(secret) } } }) });
      test.onTestFinished(() => {
        vi.unstubAllEnvs();
      });
      vi.stubEnv('DOCKER_CONFIG', ruleFolder(test, {}));
      expect(await runPack('push', archive, `oci://${host}/acme`)).toMatchObject({
        code: 1,
        err: expect.stringContaining(`${host} requires a login: docker login ${host}`) as string,
      });
      vi.stubEnv('WEIR_REGISTRY', host);
      vi.stubEnv('WEIR_REGISTRY_USERNAME', 'acme');
      vi.stubEnv('WEIR_REGISTRY_PASSWORD', 'wrong secret');
      for (const { code, out, err } of [await runPack('push', archive, `oci://${host}/acme`), await pull()]) {
        expect([code, err]).toStrictEqual([1, expect.stringContaining(`${host} rejects the stored login`) as string]);
        expect(out + err).not.toMatch(new RegExp(`wrong secret|${loginOf('wrong secret')}`));
      }
      vi.stubEnv('WEIR_REGISTRY_PASSWORD', password);
      const pushed = await runPack('push', archive, `oci://${host}/acme`);
      expect(pushed).toMatchObject({ code: 0, err: '' });
      vi.stubEnv('WEIR_REGISTRY', 'other.example');
      vi.stubEnv('DOCKER_CONFIG', docker('wrong secret'));
      expect((await pull()).code).toBe(1);
      vi.stubEnv('DOCKER_CONFIG', docker(password));
      const pulled = await pull();
      expect(pulled).toMatchObject({ code: 0, err: '' });
      expect(pushed.out + pulled.out).not.toContain(password);
      expect(readFileSync(join(folder, 'weir.lock'), 'utf8')).toContain(digestOf(readFileSync(archive)));
    },
  );

  it('refuses folders, digests and what is not a pack', async (test) => {
    const archive = await packArchive(test);
    const codeOf = async (...words: string[]) => (await runPack('push', ...words)).code;
    expect(await codeOf(ruleFolder(test, packFiles()), 'oci://127.0.0.1:1/a')).toBe(2);
    expect(await codeOf(archive, `oci://127.0.0.1:1/a@sha256:${'0'.repeat(64)}`)).toBe(2);
    expect(await codeOf(archive, 'registry/a')).toBe(2);
    expect(await codeOf(archive, 'oci://127.0.0.1:1/a')).toBe(1);
  });
});
