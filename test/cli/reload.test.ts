import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { reloadCommand } from '../../src/cli/reload.ts';
import type { ServeSettings } from '../../src/config/config.ts';
import { startServer } from '../../src/server/server.ts';
import { makeCertificates } from '../support/certificates.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-reload-'));
afterAll(() => rmSync(folder, { recursive: true }));
const rules = join(folder, 'a.conf');
const good = 'SecRule ARGS "@contains attack" "id:1,phase:2,deny,log"\n';
writeFileSync(rules, good);
const token = 'a-token-of-32-characters-and-so-on';
const tokenFile = join(folder, 'token');
writeFileSync(tokenFile, token);
const base: ServeSettings = { listen: ['127.0.0.1:0'], rules: [rules], logLevel: 'silent' };

/** Runs the command. */
async function run(...words: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const code = await reloadCommand(words, {
    print: (text) => {
      out += text;
    },
    warn: (text) => {
      err += text;
    },
  });
  return { code, out, err };
}

describe('weir reload', () => {
  it('shows by its exit code whether the new rules are in force, and reports why not', async () => {
    const server = await startServer(() => ({ ...base, admin: { listen: `unix:${join(folder, 'admin.sock')}` } }));
    const admin = server.adminAddress ?? '';
    expect(await run('--admin', admin)).toStrictEqual({
      code: 0,
      out: expect.stringMatching(/^reloaded: 1 rules, loaded in \d+ ms, generation 2\n$/),
      err: '',
    });
    writeFileSync(rules, `${good}SecRule ARGS\nSecRule ARGS "@nope x" "id:2"\n`);
    const failed = await run('--admin', admin);
    expect([failed.code, failed.out, server.generation]).toStrictEqual([1, '', 2]);
    expect(failed.err).toMatch(
      /^weir reload: not reloaded, generation 2 stays in force \(seclang\.\w+\): .*a\.conf:2/s,
    );
    expect(failed.err, 'all at once').toMatch(/a\.conf:3/);
    writeFileSync(rules, good);
    expect((await run('--admin', admin)).code).toBe(0);
    await server.stop();
    expect(await run('--admin', admin)).toMatchObject({ code: 2, err: expect.stringMatching(/does not respond/) });
  });

  it('finds address and token in the configuration file', async () => {
    const file = join(folder, 'weir.yaml');
    const tls = 'tls: {certFile: a, keyFile: b}';
    writeFileSync(file, 'admin: {listen: "unix:own.sock", tokenFile: token}\n');
    const admin = { listen: `unix:${join(folder, 'own.sock')}`, tokenFile };
    const server = await startServer(() => ({ ...base, admin }));
    expect(await run('--config', file)).toMatchObject({ code: 0, out: expect.stringMatching(/generation 2/) });
    await server.stop();
    for (const text of ['', `admin: {listen: "127.0.0.1:1", ${tls}}\n`, 'admin: 1\n']) {
      writeFileSync(file, text);
      expect(await run('--config', file), text).toMatchObject({ code: 2, out: '' });
    }
    expect((await run()).code).toBe(2);
  });

  it('sends the token, and trusts the given certificate', async () => {
    const { ca, server: pair, client } = makeCertificates(folder);
    const tls = { certFile: pair.cert, keyFile: pair.key, clientCaFile: ca };
    const server = await startServer(() => ({ ...base, admin: { listen: '127.0.0.1:0', tokenFile, tls } }));
    const admin = server.adminAddress ?? '';
    const certificates = ['--ca', ca, '--cert', client.cert, '--key', client.key];
    expect((await run('--admin', admin, ...certificates, '--token-file', tokenFile)).code).toBe(0);
    expect(await run('--admin', admin, ...certificates)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/a token is needed/),
    });
    expect((await run('--admin', admin, '--ca', ca, '--token-file', tokenFile)).code, 'no certificate').toBe(2);
    expect((await run('--admin', admin, '--token-file', tokenFile)).code, 'no HTTPS').toBe(2);
    await server.stop();
  });

  it('makes the server reload its token and certificates, and keep the old ones if the new ones do not work', async () => {
    const own = mkdtempSync(join(folder, 'tls-'));
    const { ca, server: pair } = makeCertificates(own);
    const ownToken = join(own, 'token');
    writeFileSync(ownToken, token);
    const tls = { certFile: pair.cert, keyFile: pair.key };
    const server = await startServer(() => ({ ...base, admin: { listen: '127.0.0.1:0', tokenFile: ownToken, tls } }));
    const reload = (authority: string, file: string) =>
      run('--admin', server.adminAddress ?? '', '--ca', authority, '--token-file', file);
    const other = mkdtempSync(join(folder, 'tls-'));
    const fresh = makeCertificates(other);
    for (const [from, to] of [
      [fresh.server.cert, pair.cert],
      [fresh.server.key, pair.key],
    ] as const) {
      copyFileSync(from, to);
    }
    const newToken = join(other, 'token');
    writeFileSync(newToken, 'another-token-of-some-length');
    copyFileSync(newToken, ownToken);
    expect((await reload(ca, tokenFile)).code, 'by the old ones, for the last time').toBe(0);
    expect((await reload(ca, tokenFile)).code).toBe(2);
    expect((await reload(fresh.ca, newToken)).code).toBe(0);
    writeFileSync(pair.cert, 'no certificate');
    const failed = await reload(fresh.ca, newToken);
    expect([failed.code, failed.err]).toStrictEqual([1, expect.stringMatching(/certificates .* do not work/)]);
    expect(server.generation, 'nothing else of that reload is in force').toBe(3);
    expect((await reload(fresh.ca, newToken)).code, 'it still answers').toBe(1);
    await server.stop();
  });

  for (const words of [
    [],
    ['--admin', 'nonsense'],
    ['--admin', '127.0.0.1:1', '--token-file', join(folder, 'none')],
    ['--admin', '127.0.0.1:1', '--cert', tokenFile],
    ['--admin', `unix:${join(folder, 'none.sock')}`],
    ['--frobnicate'],
  ]) {
    it(`exits 2 for ${words.join(' ') || 'nothing'}`, async () => {
      const { code, err } = await run(...words);
      expect([code, err.length > 0]).toStrictEqual([2, true]);
    });
  }

  it('does not mistake another server for Weir', async () => {
    const other = createServer((_, response) => response.writeHead(404).end('nothing here\n'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    expect((await run('--admin', `127.0.0.1:${port}`)).code).toBe(2);
    other.close();
  });

  it('prints help', async () => {
    const { code, out } = await run('--help');
    expect([code, out]).toStrictEqual([0, expect.stringContaining('--admin <address>')]);
  });
});
