// A real Envoy that connects to Weir with mutual TLS: it presents its certificate, others are rejected, and a renewed certificate of Weir
// is used from the next connection on while an open upload continues.

import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send } from '../../demo/stack/client.ts';
import { Envoy } from '../../demo/stack/envoy.ts';
import { Upstream } from '../../demo/stack/upstream.ts';
import { type RunningServer, startServer } from '../../src/server/server.ts';
import { type Certificates, makeCertificates } from '../support/certificates.ts';
import { transports } from '../support/transports.ts';
import { until } from '../support/until.ts';

describe.each(transports)('TLS between Envoy and Weir by $name', ({ name: transport }) => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-e2e-tls-'));
  const files = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
  let made: Certificates;
  let server: RunningServer;
  let upstream: Upstream;
  let envoy: Envoy;
  let port: number;
  beforeAll(async () => {
    made = makeCertificates(folder);
    copyFileSync(made.server.cert, files.certFile);
    copyFileSync(made.server.key, files.keyFile);
    writeFileSync(
      join(folder, 'a.conf'),
      'SecRuleEngine On\nSecRequestBodyAccess On\nSecRule ARGS|REQUEST_BODY "@contains bad" "id:1,phase:2,deny"\n',
    );
    server = await startServer(() => ({
      listen: ['127.0.0.1:0'],
      transport,
      tls: { ...files, clientCaFile: made.ca },
      rules: [join(folder, 'a.conf')],
      logLevel: 'silent',
      limits: { watchIntervalMs: 5, drainNoticeMs: 1 },
    }));
    port = Number(server.addresses[0]?.split(':').at(-1));
    upstream = await Upstream.start();
    const client = { certFile: made.client.cert, keyFile: made.client.key };
    envoy = await Envoy.start({
      weir: [{ port }],
      weirTls: { caFile: made.ca, name: 'localhost', client },
      upstream: { port: upstream.http1Port },
      requestMode: 'streamed',
    });
  });
  afterAll(async () => {
    await envoy.stop();
    await upstream.stop();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const status = async (path: string): Promise<number> => (await send({ path }, { port: envoy.frontPort })).status;

  /** Connects as a client with or without a certificate; the fingerprint of Weir's, or undefined when it is rejected. */
  const shown = (more: object): Promise<string | undefined> =>
    new Promise((resolve) => {
      const options = {
        host: '127.0.0.1',
        port,
        ca: readFileSync(made.ca),
        servername: 'localhost',
        ALPNProtocols: ['h2'],
      };
      const socket = connect({ ...options, ...more });
      // With TLS 1.3 a client learns after its handshake that it was rejected.
      socket.on('data', () => {
        resolve(socket.getPeerCertificate().fingerprint256);
        socket.destroy();
      });
      socket.on('error', () => resolve(undefined));
      socket.on('close', () => resolve(undefined));
    });
  const own = () => ({ cert: readFileSync(made.client.cert), key: readFileSync(made.client.key) });

  it('inspects as without TLS', async () => {
    expect([await status('/?a=good'), await status('/?a=bad')]).toStrictEqual([200, 403]);
  });

  it('rejects clients without a certificate', async () => {
    expect(await shown({})).toBe(undefined);
    expect(await shown(own())).toBeTypeOf('string');
  });

  it('uses a renewed certificate without ending open exchanges', async () => {
    const before = await shown(own());
    const isRenewed = Promise.withResolvers<void>();
    const body = async function* () {
      yield Buffer.from('x'.repeat(100));
      await isRenewed.promise;
      yield Buffer.from('y'.repeat(100));
    };
    const upload = send({ path: '/', method: 'POST', body: body() }, { port: envoy.frontPort });
    copyFileSync(made.client.cert, files.certFile);
    copyFileSync(made.client.key, files.keyFile);
    await until('new connections see the new certificate', async () => {
      const now = await shown(own());
      return now !== undefined && now !== before;
    });
    isRenewed.resolve();
    expect((await upload).status).toBe(200);
    expect(await status('/?a=bad')).toBe(403);
  });

  it('counts handshakes by how they ended', async () => {
    await shown({});
    const handshakes = (await server.readMetrics()).find(({ name }) => name === 'weir_tls_handshakes_total');
    const countOf = (result: string) => handshakes?.samples.find(({ labels }) => labels.result === result)?.value;
    expect(countOf('ok')).toBeGreaterThan(1);
    expect(countOf('certificate')).toBeGreaterThan(0);
  });

  it('reports which Envoy does not accept its certificate', async () => {
    const other = mkdtempSync(join(tmpdir(), 'weir-e2e-other-'));
    const doubter = await Envoy.start({
      weir: [{ port }],
      weirTls: {
        caFile: makeCertificates(other).ca,
        name: 'localhost',
        client: { certFile: made.client.cert, keyFile: made.client.key },
      },
      upstream: { port: upstream.http1Port },
      requestMode: 'streamed',
    });
    try {
      expect((await send({ path: '/?a=good' }, { port: doubter.frontPort })).status).toBeGreaterThanOrEqual(500);
      await until('it is counted', async () =>
        (await server.readMetrics()).some(
          ({ name, samples }) =>
            name === 'weir_tls_handshakes_total' &&
            samples.some(({ labels, value }) => labels.result === 'refused' && value > 0),
        ),
      );
    } finally {
      await doubter.stop();
      rmSync(other, { recursive: true });
    }
  });
});
