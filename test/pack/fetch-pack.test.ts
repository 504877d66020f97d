import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fetchPack } from '../../src/pack/fetch-pack.ts';
import { packArchive } from './pack-files.ts';

describe('fetchPack', () => {
  it('fetches archive and signatures from a file and from a web server', async (test) => {
    const path = await packArchive(test);
    const server = createServer(({ url = '' }, response) => {
      try {
        response.end(readFileSync(join(dirname(path), url)));
      } catch {
        response.writeHead(404).end();
      }
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    test.onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const web = `http://127.0.0.1:${(server.address() as AddressInfo).port}/acme-1.0.0.tgz`;
    const archive = readFileSync(path);
    for (const source of [path, web]) expect(await fetchPack(source)).toStrictEqual({ archive, signatures: undefined });
    writeFileSync(`${path}.sig`, 'S');
    for (const source of [path, web]) {
      expect(await fetchPack(source)).toStrictEqual({ archive, signatures: Buffer.from('S') });
    }
    await expect(fetchPack(`${web}x`)).rejects.toThrow(/acme-1\.0\.0\.tgzx is not there$/);
  });

  it('refuses what is not a source', async () => {
    for (const source of ['/no/acme.tgz', '/etc/passwd', 'ftp://h/a.tgz', '']) {
      await expect(fetchPack(source)).rejects.toThrow(/is neither oci:\/\/…, https:\/\/… nor the file of an archive/);
    }
  });
});
