// The admin address: a small HTTP/1.1 server for probes, Prometheus and operators. All its bounds are limits. Handles access and
// framing; the answers are in routes.ts.

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { asWafError, WafError } from '../base/errors.ts';
import type { Limits } from '../base/limits.ts';
import { listenProblem } from '../base/listen-problem.ts';
import type { AdminSettings } from '../config/config.ts';
import {
  formatListenAddress,
  type ListenAddress,
  parseListenAddress,
  removeStaleSocket,
} from '../ext-proc/listen-address.ts';
import { setSocketAccess, withNarrowUmask } from '../ext-proc/socket-access.ts';
import { type AdminAccess, openAccess } from './access.ts';
import { Connections } from './connections.ts';
import { webPageSign } from './host-check.ts';
import { type AdminAnswer, type Route, routesOf } from './routes.ts';
import type { AdminTarget } from './target.ts';

/** The limits of an admin address. */
export type AdminLimits = Pick<
  Limits,
  'adminBodyBytesMax' | 'adminConnectionsMax' | 'adminHeaderBytesMax' | 'adminRequestMsMax' | 'logLevelMsMax'
>;

/** Options of an admin address. */
export interface AdminOptions {
  readonly settings: AdminSettings;
  readonly limits: AdminLimits;
  readonly target: AdminTarget;
  /** May contain the token. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Called for errors of our own while answering. Must not throw. */
  readonly onError: (error: WafError) => void;
}

/** A running admin address. */
export interface AdminServer {
  /** As configured, with the port that was chosen for 0. */
  readonly address: string;
  /** Whether traffic can be read on the network: others can reach the address, and it is not HTTPS. */
  readonly isInTheClear: boolean;
  /**
   * Reads token and certificates again. The returned function puts them in force for new requests and connections.
   * @throws WafError `config.invalid` for files that do not work.
   */
  readonly reread: () => () => void;
  /** Finishes answering open requests within half a second, then ends. Idempotent. */
  readonly close: () => Promise<void>;
}

/** An `import` reads all exports, and thereby loads Node's WebSocket client, which takes 20 ms. */
const { createServer } = process.getBuiltinModule('node:http');
const { createServer: createTlsServer, Server: TlsServer } = process.getBuiltinModule('node:https');

/** Programs of other users need no access; for a proxy or an agent, use a port. */
const socketMode = 0o600;

/**
 * Opens an admin address.
 * @throws WafError `config.invalid` for an address that cannot be opened, or that others can reach without authentication.
 */
export async function openAdminServer(options: AdminOptions): Promise<AdminServer> {
  const { settings } = options;
  const address = parseListenAddress(settings.listen);
  let access = openAccess(settings, address, options.environment);
  const connections = new Connections(options.limits.adminConnectionsMax);
  const server = createAdminServer(options, () => access, { isSocket: address.kind === 'unix', connections });
  const bound = await listen(server, address);
  let closed: Promise<void> | undefined;
  return {
    address: bound,
    isInTheClear: address.kind === 'tcp' && access.isProtected && access.tls === undefined,
    reread: () => {
      const fresh = openAccess(settings, address, options.environment);
      return () => {
        access = fresh;
        if (server instanceof TlsServer && fresh.tls !== undefined) server.setSecureContext(fresh.tls);
      };
    },
    close: () => {
      closed ??= closeServer(server, connections);
      return closed;
    },
  };
}

/** Maximum time for open requests at the end. */
const endMsMax = 500;

function closeServer(server: Server, connections: Connections): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => connections.close(), endMsMax);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}

async function listen(server: Server, address: ListenAddress): Promise<string> {
  if (address.kind === 'tcp') {
    await bind(server, { host: address.host, port: address.port }, formatListenAddress(address));
    return formatListenAddress({ ...address, port: (server.address() as AddressInfo).port });
  }
  await removeStaleSocket(address.path);
  const access = { mode: socketMode };
  await withNarrowUmask(access, () => bind(server, { path: address.path }, formatListenAddress(address)));
  setSocketAccess(address.path, access);
  return formatListenAddress(address);
}

function bind(
  server: Server,
  where: { readonly path: string } | { readonly host: string; readonly port: number },
  name: string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(new WafError('config.invalid', `cannot listen on ${name}: ${listenProblem(name, cause)}`, { cause }));
    });
    server.listen(where, () => resolve());
  });
}

/** The state of the address and its connections. */
interface AddressState {
  readonly isSocket: boolean;
  readonly connections: Connections;
}

function createAdminServer(options: AdminOptions, access: () => AdminAccess, state: AddressState): Server {
  const { tls } = access();
  const { limits } = options;
  const http = {
    maxHeaderSize: limits.adminHeaderBytesMax,
    headersTimeout: limits.adminRequestMsMax,
    requestTimeout: limits.adminRequestMsMax,
    keepAliveTimeout: limits.adminRequestMsMax,
    connectionsCheckingInterval: Math.min(limits.adminRequestMsMax, 1_000),
  };
  const answerer = new Answerer(options, access, state);
  const onRequest = (request: IncomingMessage, response: ServerResponse): void =>
    void answerer.answer(request, response);
  const server =
    tls === undefined
      ? createServer(http, onRequest)
      : createTlsServer({ ...http, ...tls, handshakeTimeout: limits.adminRequestMsMax }, onRequest);
  // For HTTPS these are the underlying TCP connections, so clients that have not authenticated count too.
  server.on('connection', (socket: Socket) => state.connections.take(socket));
  // Pipelining does not occur: clients wait for each answer.
  server.on('error', () => undefined);
  return server;
}

const headers = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'",
  'x-content-type-options': 'nosniff',
} as const;

/** Answers requests of one address. */
class Answerer {
  readonly #options: AdminOptions;
  readonly #access: () => AdminAccess;
  readonly #state: AddressState;
  readonly #routes: ReadonlyMap<string, Route>;

  constructor(options: AdminOptions, access: () => AdminAccess, state: AddressState) {
    this.#options = options;
    this.#access = access;
    this.#state = state;
    this.#routes = routesOf(options.limits);
  }

  /** Never rejects. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { status, body, type = 'text/plain; charset=utf-8', ...more } = await this.#answerOf(request, response);
      // The unread rest of a body must not be read as the next request.
      if (!request.complete) response.shouldKeepAlive = false;
      // Does not wait for a client that does not read its answer.
      response.setTimeout(this.#options.limits.adminRequestMsMax);
      response
        .writeHead(status, {
          ...headers,
          ...more.headers,
          'content-type': type,
          'content-length': Buffer.byteLength(body),
        })
        .end(body);
    } catch (thrown) {
      // The client disconnected in the middle of its request.
      if (request.destroyed && !request.complete) return;
      this.#options.onError(asWafError(thrown));
      if (!response.headersSent) response.writeHead(500, headers);
      response.end('internal error\n');
    }
  }

  async #answerOf(request: IncomingMessage, response: ServerResponse): Promise<Answer> {
    const access = this.#access();
    // A protected address may be used by name, because a web page does not know the token.
    const sign = access.isProtected || this.#state.isSocket ? undefined : webPageSign(request);
    if (sign !== undefined) return { status: 403, body: `${sign}\n` };
    const [path = '', query = ''] = (request.url ?? '').split(/\?(.*)/s, 2);
    const route = this.#routes.get(path);
    if (route === undefined) return { status: 404, body: `there is ${[...this.#routes.keys()].join(', ')}\n` };
    const isAuthorized = access.isAuthorized(request.headers.authorization);
    if (!isAuthorized && !route.isOpen) {
      return { status: 401, body: 'a token is needed\n', headers: { 'www-authenticate': 'Bearer' } };
    }
    const methods = route.method === 'GET' ? ['GET', 'HEAD'] : ['POST'];
    if (!methods.includes(request.method ?? '')) {
      return { status: 405, body: `${path} takes ${methods.join(', ')}\n`, headers: { allow: methods.join(', ') } };
    }
    const form = await this.#body(request);
    if (form === undefined) {
      return { status: 413, body: `a body has at most ${this.#options.limits.adminBodyBytesMax} bytes here\n` };
    }
    // The request is complete: from here on the time is ours, not the client's.
    response.once('close', this.#state.connections.answering(request.socket));
    const parameters = new URLSearchParams([query, form].filter((text) => text !== '').join('&'));
    return route.answer(this.#options.target, { parameters, accept: request.headers.accept ?? '', isAuthorized });
  }

  /** The whole body as text; undefined if it is too long. */
  async #body(request: IncomingMessage): Promise<string | undefined> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    // Ending early must keep the connection open for the answer.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > this.#options.limits.adminBodyBytesMax) return undefined;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('latin1').trim();
  }
}

interface Answer extends AdminAnswer {
  readonly headers?: Readonly<Record<string, string>>;
}
