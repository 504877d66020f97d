// The admin address: a small HTTP/1.1 server for probes, Prometheus and whoever operates Weir. Every bound of it is a limit.
// Knows who may ask and how; what is answered stands in routes.ts.

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

/** The bounds of an admin address. */
export type AdminLimits = Pick<
  Limits,
  'adminBodyBytesMax' | 'adminConnectionsMax' | 'adminHeaderBytesMax' | 'adminRequestMsMax' | 'logLevelMsMax'
>;

/** What an admin address is made with. */
export interface AdminOptions {
  readonly settings: AdminSettings;
  readonly limits: AdminLimits;
  readonly target: AdminTarget;
  /** Where the token may stand. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Told of what could not be answered for a fault of ours. Must not throw. */
  readonly onError: (error: WafError) => void;
}

/** An admin address that answers. */
export interface AdminServer {
  /** As it was given, with the port that was chosen for 0. */
  readonly address: string;
  /** Whether what is said there can be read on the way: others can reach it, and it is not HTTPS. */
  readonly isInTheClear: boolean;
  /**
   * Rereads token and certificates. What it returns puts them in force, for requests and connections from then on.
   * @throws WafError `config.invalid` for files that do not work.
   */
  readonly reread: () => () => void;
  /** Answers what was asked, as far as that takes no longer than half a second, and ends. Idempotent. */
  readonly close: () => Promise<void>;
}

/** An `import` of them reads everything that they export, and so loads Node's client for WebSockets, which takes 20 ms. */
const { createServer } = process.getBuiltinModule('node:http');
const { createServer: createTlsServer, Server: TlsServer } = process.getBuiltinModule('node:https');

/** Programs of other users have no business here; a proxy or an agent that has gets a port. */
const socketMode = 0o600;

/**
 * Opens an admin address.
 * @throws WafError `config.invalid` for an address that cannot be had, or that others can reach without showing who they are.
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

/** How long answers under way may take at the end. */
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

/** What is known of the address and its connections. */
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
  // Of HTTPS too these are the connections below it: one that does not say who it is counts.
  server.on('connection', (socket: Socket) => state.connections.take(socket));
  // Nobody asks before the answer to the last question is there.
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
      // What was not read of a body must not be taken for the next request.
      if (!request.complete) response.shouldKeepAlive = false;
      // One that does not read its answer is not waited for.
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
      // It has gone away in the middle of its request.
      if (request.destroyed && !request.complete) return;
      this.#options.onError(asWafError(thrown));
      if (!response.headersSent) response.writeHead(500, headers);
      response.end('internal error\n');
    }
  }

  async #answerOf(request: IncomingMessage, response: ServerResponse): Promise<Answer> {
    const access = this.#access();
    // Whoever protects an address is asked by its name too, and a web page does not know the token.
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
    // It has come wholly: what follows takes our time, and not the client's.
    response.once('close', this.#state.connections.answering(request.socket));
    const parameters = new URLSearchParams([query, form].filter((text) => text !== '').join('&'));
    return route.answer(this.#options.target, { parameters, accept: request.headers.accept ?? '', isAuthorized });
  }

  /** The whole body as text; undefined when it is too long. */
  async #body(request: IncomingMessage): Promise<string | undefined> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    // Ending early must leave the connection open for the answer.
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
