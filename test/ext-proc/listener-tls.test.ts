// Certificates of the addresses: invalid ones are rejected, and reloaded ones are used after they are put in force.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ListenerTls } from '../../src/ext-proc/listener-tls.ts';
import { nativeTransportAddon } from '../../src/ext-proc/native-addon.ts';
import { TlsHandshakes } from '../../src/ext-proc/tls-handshakes.ts';
import { type Certificates, makeCertificates } from '../support/certificates.ts';

const handshakes = new TlsHandshakes({ tlsFailureLogMs: 1 }, () => expect.fail());

describe('ListenerTls', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-tls-'));
  let made: Certificates;
  beforeAll(() => {
    made = makeCertificates(folder);
    writeFileSync(join(folder, 'none.pem'), 'nothing\n');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('gives its users the current certificates, and later reloaded ones after they are put in force', () => {
    const tls = new ListenerTls(
      { certFile: made.server.cert, keyFile: made.server.key, clientCaFile: made.ca },
      handshakes,
    );
    expect(tls.asksClients).toBe(true);
    const log: string[] = [];
    const end = tls.use(({ minVersion, ca }) => {
      log.push('prepare');
      expect([minVersion, ca]).toStrictEqual(['TLSv1.2', readFileSync(made.ca)]);
      return () => log.push('apply');
    });
    const apply = tls.reread();
    expect(log).toStrictEqual(['prepare', 'apply', 'prepare']);
    apply();
    expect(log.at(-1)).toBe('apply');
    end();
    tls.reread()();
    expect(log).toHaveLength(4);
  });

  it('puts nothing in force that one of its users rejects', () => {
    const tls = new ListenerTls({ certFile: made.server.cert, keyFile: made.server.key }, handshakes);
    const applied: string[] = [];
    let works = true;
    tls.use(() => () => applied.push('a'));
    tls.use(() => {
      if (!works) throw new Error('no');
      return () => applied.push('b');
    });
    works = false;
    expect(() => tls.reread()).toThrow('no');
    expect(applied).toStrictEqual(['a', 'b']);
  });

  const broken: Readonly<Record<string, (files: Certificates) => Record<string, string>>> = {
    'a file that is not there': ({ server }) => ({ certFile: join(folder, 'no.pem'), keyFile: server.key }),
    'the key of another certificate': ({ server, client }) => ({ certFile: server.cert, keyFile: client.key }),
    'a file without a certificate': ({ server }) => ({ certFile: join(folder, 'none.pem'), keyFile: server.key }),
    'a file without a key': ({ server }) => ({ certFile: server.cert, keyFile: join(folder, 'none.pem') }),
    'an authority without a certificate': ({ server }) => ({
      certFile: server.cert,
      keyFile: server.key,
      clientCaFile: join(folder, 'none.pem'),
    }),
  };
  for (const [what, filesOf] of Object.entries(broken)) {
    it(`refuses ${what}`, () =>
      expect(() => new ListenerTls(filesOf(made) as never, handshakes)).toThrow(
        expect.objectContaining({ code: 'config.invalid' }),
      ));

    if (what === 'a file that is not there') continue;
    it(`rejects ${what} in the addon too`, () => {
      const { certFile = '', keyFile = '', clientCaFile } = filesOf(made);
      const ca = clientCaFile === undefined ? undefined : readFileSync(clientCaFile);
      expect(() => nativeTransportAddon().makeTls(readFileSync(certFile), readFileSync(keyFile), ca)).toThrow(
        /^(certificate|key|key and certificate|certificates of client authorities)\b/,
      );
    });
  }
});
