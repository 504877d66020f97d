// The service that rule tests expect behind a proxy, as a server: it responds to any URL with 200 and no body, and to `POST /reflect` as
// the request describes. src/ftw decides the responses.

import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerOf } from '../../src/ftw/upstream.ts';

/** A running service on a port of loopback. */
export interface FtwUpstream {
  readonly port: number;
  /** Number of requests that it has answered. */
  readonly answeredCount: () => number;
  readonly stop: () => Promise<void>;
}

/** Starts the service. */
export async function startFtwUpstream(): Promise<FtwUpstream> {
  let answered = 0;
  const server: Server = createServer({ insecureHTTPParser: true }, (request, response) => {
    void bodyOf(request).then((body) => {
      const {
        status,
        headers,
        body: answer,
      } = answerOf({
        kind: 'request',
        method: request.method ?? '',
        target: request.url ?? '',
        protocol: `HTTP/${request.httpVersion}`,
        headers: [],
        body,
        trailers: [],
      });
      response.writeHead(
        status,
        headers.flatMap(({ name, value }) => [name, value]),
      );
      response.end(request.method === 'HEAD' ? undefined : answer);
      answered += 1;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    answeredCount: () => answered,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}
