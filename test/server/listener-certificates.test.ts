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

  it('uses changed files, and keeps the previous ones while the new ones do not work', async () => {
    const { server, client } = makeCertificates(folder);
    const files = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
    const write = (pair: typeof server): void => {
      copyFileSync(pair.cert, files.certFile);
      copyFileSync(pair.key, files.keyFile);
    };
    write(server);
    const lines: string[] = [];
    const log = createLog('info', { write: (line) => lines.push(line) });
    const certificates = new ListenerCertificates(files, { log, limits: { watchIntervalMs: 5, tlsFailureLogMs: 1 } });
    let replaced = 0;
    certificates.tls.use(() => () => {
      replaced += 1;
    });
    const before = replaced;
    writeFileSync(files.certFile, 'half');
    await until('it says so', () => lines.some((line) => line.includes('do not work')));
    expect(replaced).toBe(before);
    write(client);
    await until('they are in force', () => replaced > before);
    certificates.tls.handshakes.ended('certificate', 'certificate has expired', '10.0.0.9');
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
      level: 'warn',
      result: 'certificate',
      address: '10.0.0.9',
      msg: 'a TLS handshake with who connects as Envoy failed: certificate has expired',
    });
    certificates.close();
  });
});
