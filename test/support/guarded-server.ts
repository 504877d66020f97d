// A real HTTP server with a guard in front of a handler, and a client that writes a request in pieces.

import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type RequestListener, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, type Engine, type EngineOptions, guardHttp, type TransactionRecord } from '../../src/index.ts';

/** Rules that look at each part of an exchange. */
export const guardedRules = `
SecRequestBodyAccess On
SecResponseBodyAccess On
SecResponseBodyMimeType text/plain text/html
SecRule ARGS "@contains evil" "id:1,phase:2,deny,status:418"
SecRule ARGS:go "@streq away" "id:2,phase:1,redirect:https://example.org/,status:302"
SecRule RESPONSE_HEADERS:x-leak "@streq yes" "id:3,phase:3,deny,status:502"
SecRule RESPONSE_BODY "@contains secret" "id:4,phase:4,deny,status:502"
SecRule REQUEST_HEADERS:x-trailer "@streq evil" "id:5,phase:2,deny,status:418"
`;

/** The response that a client received. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly trailers: NodeJS.Dict<string>;
}

/** The request that a client sends. */
export interface Question {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Written one after the other. */
  readonly pieces?: readonly (string | Uint8Array)[];
  readonly trailers?: Readonly<Record<string, string>>;
}

/** An engine with rules from a file that exists only while it is loaded. */
export async function engineOf(rules: string, options: Omit<EngineOptions, 'rules'> = {}): Promise<Engine> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-guard-'));
  try {
    writeFileSync(join(folder, 'rules.conf'), rules);
    return await createEngine({ ...options, rules: [join(folder, 'rules.conf')] });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A guarded server. */
export class GuardedServer implements AsyncDisposable {
  readonly server: Server;
  /** Records of finished exchanges, in the order in which they ended. */
  readonly records: TransactionRecord[] = [];
  /** How often the handler was called. */
  calls = 0;

  constructor(engine: Engine, handler: RequestListener) {
    const counted: RequestListener = (incoming, response) => {
      this.calls += 1;
      handler(incoming, response);
    };
    this.server = createServer(guardHttp(engine, counted, { onRecord: (record) => this.records.push(record) }));
  }

  /** Starts one on a port that the system chooses. */
  static async start(engine: Engine, handler: RequestListener): Promise<GuardedServer> {
    const guarded = new GuardedServer(engine, handler);
    guarded.server.listen(0, '127.0.0.1');
    await once(guarded.server, 'listening');
    return guarded;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Sends a request and reads the whole response. Rejects when the connection is cut. */
  ask({ method = 'GET', path = '/', headers = {}, pieces = [], trailers }: Question = {}): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const client = request(
      { port: this.port, host: '127.0.0.1', method, path, headers, agent: false },
      async (answer) => {
        try {
          const chunks: Buffer[] = await answer.toArray();
          const body = Buffer.concat(chunks).toString('latin1');
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body, trailers: answer.trailers });
        } catch (error) {
          reject(error);
        }
      },
    );
    client.on('error', reject);
    for (const piece of pieces) client.write(piece);
    if (trailers !== undefined) client.addTrailers(trailers);
    client.end();
    return promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
