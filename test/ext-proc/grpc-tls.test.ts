// Node's errors for failed handshakes, and what they mean. tls.test.ts shows with real peers that Node reports them.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server } from '@grpc/grpc-js';
import { afterAll, describe, expect, it } from 'vitest';
import { createGrpcTls, handshakeResultOf } from '../../src/ext-proc/grpc-tls.ts';
import { ListenerTls } from '../../src/ext-proc/listener-tls.ts';
import { TlsHandshakes } from '../../src/ext-proc/tls-handshakes.ts';
import { makeCertificates } from '../support/certificates.ts';

describe('handshakeResultOf', () => {
  for (const [code, authorizationError, result] of [
    ['ERR_TLS_HANDSHAKE_TIMEOUT', null, 'timeout'],
    ['ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE', null, 'certificate'],
    ['ECONNRESET', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate'],
    ['ECONNRESET', null, 'gone'],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', null, 'refused'],
    ['ERR_SSL_UNSUPPORTED_PROTOCOL', null, 'protocol'],
    [undefined, null, 'protocol'],
  ] as const) {
    it(`is ${result} for ${code} with ${authorizationError}`, () => {
      const error = Object.assign(new Error('x'), code === undefined ? {} : { code });
      expect(handshakeResultOf(error, { authorizationError: authorizationError as never })).toBe(result);
    });
  }
});

describe('createGrpcTls', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-grpc-tls-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('has credentials that follow the current certificates, until its end', () => {
    const { server, ca } = makeCertificates(folder);
    const tls = new ListenerTls(
      { certFile: server.cert, keyFile: server.key, clientCaFile: ca },
      new TlsHandshakes({ tlsFailureLogMs: 1 }, () => expect.fail()),
    );
    const { credentials, watch, end } = createGrpcTls(tls, 7);
    expect([credentials._isSecure(), credentials._equals(credentials)]).toStrictEqual([true, true]);
    expect(credentials._getConstructorOptions()).toStrictEqual({
      requestCert: true,
      rejectUnauthorized: true,
      handshakeTimeout: 7,
    });
    const seen: unknown[] = [];
    credentials._addWatcher((context) => seen.push(context?.cert));
    const before = seen.length;
    tls.reread()();
    expect(seen).toHaveLength(before + 1);
    end();
    tls.reread()();
    expect(seen).toHaveLength(before + 1);
    // A server that does not listen has nothing to watch.
    watch(new Server());
  });
});
