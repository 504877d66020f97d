import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTlsFiles, type TlsFiles } from '../../src/base/tls-files.ts';
import { type Certificates, makeCertificates } from '../support/certificates.ts';

describe('readTlsFiles', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-tls-files-'));
  let made: Certificates;
  beforeAll(() => {
    made = makeCertificates(folder);
    writeFileSync(join(folder, 'none.pem'), 'nothing\n');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('reads certificate and key, and authorities if clients need certificates', () => {
    const { cert: certFile, key: keyFile } = made.server;
    const plain = readTlsFiles({ certFile, keyFile }, 'x');
    expect([plain.minVersion, 'ca' in plain]).toStrictEqual(['TLSv1.2', false]);
    const asking = readTlsFiles({ certFile, keyFile, clientCaFile: made.ca }, 'x');
    expect([asking.cert, asking.ca]).toStrictEqual([readFileSync(certFile), readFileSync(made.ca)]);
  });

  const broken: readonly (readonly [string, (files: Certificates) => Partial<TlsFiles>, RegExp])[] = [
    [
      'a file that is not there',
      () => ({ certFile: join(folder, 'no.pem') }),
      /^cannot read the certificate of the admin address .*no\.pem: no such file$/,
    ],
    [
      'the key of another certificate',
      ({ client }) => ({ keyFile: client.key }),
      /^the certificates of the admin address do not work: /,
    ],
    [
      'an authority without a certificate',
      () => ({ clientCaFile: join(folder, 'none.pem') }),
      /^the certificates of the admin address do not work: /,
    ],
  ];
  for (const [what, filesOf, message] of broken) {
    it(`refuses ${what}`, () => {
      const { cert: certFile, key: keyFile } = made.server;
      expect(() => readTlsFiles({ certFile, keyFile, ...filesOf(made) }, 'the admin address')).toThrow(
        expect.objectContaining({ code: 'config.invalid', message: expect.stringMatching(message) }),
      );
    });
  }
});
