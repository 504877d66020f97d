// A transport with TLS on real sockets, and its clients.

import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type ClientHttp2Session, connect } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { limitsWith } from '../../src/base/limits.ts';
import { ListenerTls } from '../../src/ext-proc/listener-tls.ts';
import { type HandshakeFailure, TlsHandshakes } from '../../src/ext-proc/tls-handshakes.ts';
import type { OpenStream } from '../../src/ext-proc/transport.ts';
import { type Certificates, makeCertificates } from './certificates.ts';
import { frameOf, processPath } from './grpc-serving.ts';
import type { NamedTransport } from './transports.ts';

/** What to serve. */
export interface TlsServingOptions {
  readonly transport: NamedTransport;
  readonly handler: OpenStream;
  readonly overrides?: Readonly<Record<string, number>>;
  /** Default true. */
  readonly asksClients?: boolean;
}

/** A running server. */
export interface TlsServing {
  readonly port: number;
  readonly tls: ListenerTls;
  /** Handshake failures that it reported. */
  readonly failures: readonly HandshakeFailure[];
  /** Copies a certificate over the server's, so that it is reloaded. */
  renew(pair: Certificates['server']): void;
}

/** Certificates in a folder of their own, and servers that use them. */
export class TlsStand {
  readonly #folder = mkdtempSync(join(tmpdir(), 'weir-tls-'));
  readonly made: Certificates = makeCertificates(this.#folder);

  /** Runs `use` on a server that requires client certificates, and stops it afterwards. */
  async serving(
    use: (serving: TlsServing) => Promise<void>,
    { transport: { create }, handler, overrides = {}, asksClients = true }: TlsServingOptions,
  ): Promise<void> {
    const limits = limitsWith({ tlsFailureLogMs: 1, ...overrides });
    const failures: HandshakeFailure[] = [];
    const files = { certFile: join(this.#folder, 'live.pem'), keyFile: join(this.#folder, 'live.key') };
    const renew = ({ cert, key }: Certificates['server']): void => {
      copyFileSync(cert, files.certFile);
      copyFileSync(key, files.keyFile);
    };
    renew(this.made.server);
    const tls = new ListenerTls(
      { ...files, ...(asksClients ? { clientCaFile: this.made.ca } : {}) },
      new TlsHandshakes(limits, (failure) => failures.push(failure)),
    );
    const transport = create(handler, limits, tls);
    try {
      const address = await transport.listen('127.0.0.1:0');
      await use({ port: Number(address.split(':')[1]), tls, failures, renew });
    } finally {
      await transport.close({ drainMs: 500 });
    }
  }

  /** The options of a client that is accepted. */
  get client(): ConnectionOptions {
    const { ca, client } = this.made;
    return { ca: readFileSync(ca), cert: readFileSync(client.cert), key: readFileSync(client.key) };
  }

  /** A client's socket, whose own errors are ignored. */
  socket(port: number, options: ConnectionOptions): TLSSocket {
    const socket = connectTls({ host: '127.0.0.1', port, servername: 'localhost', ALPNProtocols: ['h2'], ...options });
    socket.on('error', () => {});
    return socket;
  }

  /** An HTTP/2 session of a client. */
  session(port: number, options: ConnectionOptions = this.client): ClientHttp2Session {
    const session = connect(`https://localhost:${port}`, {
      ...options,
      createConnection: () => this.socket(port, options),
    });
    session.on('error', () => {});
    return session;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

/** Sends a message on a stream of its own. Returns the bytes of the reply without its prefix. */
export async function askedOver(session: ClientHttp2Session, message: Buffer): Promise<Buffer> {
  const stream = session.request({ ':method': 'POST', ':path': processPath, 'content-type': 'application/grpc' });
  stream.end(frameOf(message));
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts).subarray(5);
}
