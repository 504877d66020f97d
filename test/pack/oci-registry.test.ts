import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, type TestContext, vi } from 'vitest';
import { digestOf } from '../../src/pack/digest.ts';
import { parseOciReference } from '../../src/pack/oci-reference.ts';
import { packMediaTypes, pullPack, pushPack } from '../../src/pack/oci-registry.ts';
import { ruleFolder } from '../seclang/rule-folder.ts';
import { registryMissing, startRegistry } from '../support/oci-registry.ts';

const bytes = { archive: Buffer.from('archive'), signatures: Buffer.from('signatures') };
const details = { config: '{"name":"acme"}', tags: ['1.0.0', '1'] };

describe.skipIf(registryMissing)('pushPack and pullPack, with a real registry', () => {
  it('return what was pushed, by tag and by digest', async (test) => {
    const reference = parseOciReference(`oci://${await startRegistry(test)}/packs/acme`);
    const digest = await pushPack(reference, bytes, details);
    for (const by of [{ tag: '1.0.0' }, { tag: '1' }, { digest }]) {
      expect(await pullPack({ ...reference, ...by })).toStrictEqual({ ...bytes, digest });
    }
    const second = await pushPack(reference, { ...bytes, signatures: undefined }, { ...details, tags: ['1'] });
    expect(await pullPack({ ...reference, tag: '1' })).toMatchObject({ signatures: undefined, digest: second });
    expect(await pullPack({ ...reference, digest })).toMatchObject(bytes);
    await expect(pullPack({ ...reference, tag: '2' })).rejects.toThrow(/manifests\/2 was not found: 404/);
  });

  it('report that a login is missing', async (test) => {
    const folder = ruleFolder(test, {});
    // Of "user:secret", by htpasswd.
    const line = 'user:$2y$05$8fzYHTSWIBqsrrgLPF7X3uQEv3dDrzYKMqHXCQ9ZhCkbVSYd8V5fS';
    writeFileSync(join(folder, 'htpasswd'), `${line}\n`);
    vi.stubEnv('DOCKER_CONFIG', folder);
    test.onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const host = await startRegistry(
      test,
      `auth:\n  htpasswd:\n    realm: test\n    path: ${join(folder, 'htpasswd')}\n`,
    );
    const reference = parseOciReference(`oci://${host}/acme`);
    await expect(pushPack(reference, bytes, details)).rejects.toThrow(/requires a login: docker login 127/);
  });
});

/** A registry with scripted responses, for what no real one does. */
async function fakeRegistry(test: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  test.onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const manifestOf = (layers: unknown): string => JSON.stringify({ layers });
const layer = { mediaType: packMediaTypes.archive, digest: digestOf(bytes.archive), size: 7 };

describe('pullPack', () => {
  const wrong: readonly (readonly [what: string, manifest: string, blob: string, message: RegExp])[] = [
    ['other bytes than the digest says', manifestOf([layer]), 'archivE', /does not match its digest/],
    [
      'an artifact of another kind',
      manifestOf([{ ...layer, mediaType: 'application/x' }]),
      '',
      /is not a pack of rules/,
    ],
    ['layers that are none', manifestOf([null, 1, 'a', { mediaType: 1 }]), '', /is not a pack of rules/],
    ['a digest that is a path', manifestOf([{ ...layer, digest: '../../x' }]), '', /is not a pack of rules/],
    ['a manifest that is not JSON', '<html>', '', /is not JSON/],
    ['a manifest without end', ' '.repeat(2 * 1024 * 1024), '', /sends more than \d+ bytes/],
  ];
  for (const [what, manifest, blob, message] of wrong) {
    it(`refuses ${what}`, async (test) => {
      const host = await fakeRegistry(test, ({ url = '' }, response) => {
        response.end(url.includes('/manifests/') ? manifest : blob);
      });
      await expect(pullPack(parseOciReference(`oci://${host}/a:1`))).rejects.toThrow(
        expect.objectContaining({ code: 'pack.registry', message: expect.stringMatching(message) as string }),
      );
    });
  }

  it('rejects a manifest that does not match its digest', async (test) => {
    const host = await fakeRegistry(test, (_, response) => response.end(manifestOf([layer])));
    const digest = `sha256:${createHash('sha256').update('other').digest('hex')}`;
    await expect(pullPack(parseOciReference(`oci://${host}/a@${digest}`))).rejects.toThrow(/has the digest sha256:/);
  });

  it('answers a challenge with a token, once', async (test) => {
    const seen: (string | undefined)[] = [];
    const host = await fakeRegistry(test, ({ url = '', headers }, response) => {
      if (url.startsWith('/token')) {
        response.end('{"token":"T"}');
        return;
      }
      seen.push(headers.authorization);
      if (headers.authorization === undefined) {
        const realm = `http://${headers.host}/token`;
        response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}",service="s",scope="x"` }).end();
      } else response.end(url.includes('/manifests/') ? manifestOf([layer]) : bytes.archive);
    });
    expect((await pullPack(parseOciReference(`oci://${host}/a:1`))).archive).toStrictEqual(bytes.archive);
    expect(seen).toStrictEqual([undefined, 'Bearer T', 'Bearer T']);
  });

  it('sends no credentials to hosts that the registry redirects to', async (test) => {
    const folder = ruleFolder(test, {});
    vi.stubEnv('DOCKER_CONFIG', folder);
    test.onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const asked: string[] = [];
    const other = await fakeRegistry(test, ({ url = '', headers }, response) => {
      asked.push(`${url} ${headers.authorization ?? 'nobody'}`);
      const realm = `http://${headers.host}/token`;
      response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}"` }).end('{"token":"T"}');
    });
    const host = await fakeRegistry(test, (_, response) => {
      response.writeHead(307, { location: `http://${other}/x` }).end();
    });
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths: { [host]: { auth: 'dTpw' } } }));
    await expect(pullPack(parseOciReference(`oci://${host}/a:1`))).rejects.toThrow(/was not found: 401/);
    expect(asked).toStrictEqual(['/x nobody']);
  });

  for (const answer of ['', '<html>', 'null', '{"token":1}', '{"token":"a b"}']) {
    it(`refuses ${JSON.stringify(answer)} for a token`, async (test) => {
      const host = await fakeRegistry(test, ({ url = '', headers }, response) => {
        if (url.startsWith('/token')) response.end(answer);
        else response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${headers.host}/token"` }).end();
      });
      await expect(pullPack(parseOciReference(`oci://${host}/a:1`))).rejects.toThrow(/returned no token/);
    });
  }
});
