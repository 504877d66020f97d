// Certificates that are renewed while a server runs.

import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ListenerCertificates } from '../../src/server/listener-certificates.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { makeCertificates } from '../support/certificates.ts';
import { until } from '../support/until.ts';

describe('ListenerCertificates', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-renewed-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('takes files that have changed, and keeps to those before while they do not work', async () => {
    const { server, client } = makeCertificates(folder);
    const files = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
    const write = (pair: typeof server): void => {
      copyFileSync(pair.cert, files.certFile);
      copyFileSync(pair.key, files.keyFile);
    };
    write(server);
    const lines: string[] = [];
    const log = createLog('info', { write: (line) => lines.push(line) });
    const certificates = new ListenerCertificates(files, { log, intervalMs: 5 });
    let replaced = 0;
    certificates.tls.credentials._addWatcher(() => {
      replaced += 1;
    });
    const before = replaced;
    writeFileSync(files.certFile, 'half');
    await until('it says so', () => lines.some((line) => line.includes('do not work')));
    expect(replaced).toBe(before);
    write(client);
    await until('they are in force', () => replaced > before);
    certificates.close();
  });
});
