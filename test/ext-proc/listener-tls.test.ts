// Certificates of the addresses: what does not work is refused, and what is read anew counts for new connections.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ListenerTls } from '../../src/ext-proc/listener-tls.ts';
import { type Certificates, makeCertificates } from '../support/certificates.ts';

describe('ListenerTls', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-tls-'));
  let made: Certificates;
  beforeAll(() => {
    made = makeCertificates(folder);
    writeFileSync(join(folder, 'none.pem'), 'nothing\n');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is secure, and puts in force what it has read', () => {
    const tls = new ListenerTls({ certFile: made.server.cert, keyFile: made.server.key, clientCaFile: made.ca });
    expect(tls.credentials._isSecure()).toBe(true);
    const seen: unknown[] = [];
    tls.credentials._addWatcher((context) => seen.push(context?.minVersion));
    const count = seen.length;
    const apply = tls.reread();
    expect(seen).toHaveLength(count);
    apply();
    expect(seen).toHaveLength(count + 1);
    expect(seen.at(-1)).toBe('TLSv1.2');
  });

  const broken: Readonly<Record<string, (files: Certificates) => Record<string, string>>> = {
    'a file that is not there': ({ server }) => ({ certFile: join(folder, 'no.pem'), keyFile: server.key }),
    'the key of another certificate': ({ server, client }) => ({ certFile: server.cert, keyFile: client.key }),
    'an authority without a certificate': ({ server }) => ({
      certFile: server.cert,
      keyFile: server.key,
      clientCaFile: join(folder, 'none.pem'),
    }),
  };
  for (const [what, filesOf] of Object.entries(broken)) {
    it(`refuses ${what}`, () =>
      expect(() => new ListenerTls(filesOf(made) as never)).toThrow(
        expect.objectContaining({ code: 'config.invalid' }),
      ));
  }
});
