// One exchange of an HTTP server with an engine: opens it, runs its two sides, and answers in place of the handler if it is
// blocked. Does not know how bytes are read and written.

import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { acceptsJson, blockPage } from '../ext-proc/block-page.ts';
import type { TransactionRecord } from '../transaction/record.ts';
import type { Engine } from './engine.ts';
import type { Decision, Exchange } from './exchange.ts';
import { type Gate, heldBytesMaxOf } from './gate.ts';
import { GuardedRequest } from './guarded-request.ts';
import { GuardedResponse } from './guarded-response.ts';

/** A decision that ends the exchange. */
export type Block = Extract<Decision, { readonly kind: 'block' }>;

/** Callbacks of the exchange. */
export interface GuardedExchangeOptions {
  readonly engine: Engine;
  readonly handler: RequestListener;
  readonly onRecord: ((record: TransactionRecord) => void) | undefined;
}

/** The response to an exchange that could not be decided. */
export const undecided = (): Block => ({ kind: 'block', status: 503, isCommitted: false, requestId: randomUUID() });

/** An exchange, from its request's head until the client's response is closed. */
export class GuardedExchange implements Gate {
  readonly heldBytesMax: number;
  readonly #exchange: Exchange | undefined;
  readonly #client: ServerResponse;
  readonly #accept: string | undefined;
  readonly #request: GuardedRequest;
  readonly #response: GuardedResponse;
  /** Ends an exchange in which neither side sends anything. */
  readonly #silence: NodeJS.Timeout;
  #isOver = false;

  /** Takes over an exchange of the server before anything of the request was read. */
  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    { engine, handler, onRecord }: GuardedExchangeOptions,
  ) {
    this.heldBytesMax = heldBytesMaxOf(engine.limits.holdWindowBytesMax);
    this.#client = response;
    this.#accept = request.headers.accept;
    this.#exchange = openedBy(engine);
    this.#silence = setTimeout(() => this.#refuse(undecided()), engine.limits.exchangeSilenceMsMax).unref();
    const guarded = new GuardedRequest(request, this);
    this.#request = guarded;
    this.#response = new GuardedResponse(guarded.inner, response, this, () => guarded.stop());
    response.once('finish', () => guarded.giveUp());
    response.once('close', () => this.#close(onRecord));
    if (this.#exchange === undefined) this.#refuse(undecided());
    // Errors thrown by the handler reach the process, as without a guard.
    else guarded.begin(() => process.nextTick(handler, guarded.inner, this.#response.inner));
  }

  ask(question: (exchange: Exchange) => Promise<Decision>, release: () => void): void {
    if (this.#isOver || this.#exchange === undefined) return;
    this.#silence.refresh();
    this.#follow(question, this.#exchange, release).catch(() => this.#refuse(undecided()));
  }

  async #follow(
    question: (exchange: Exchange) => Promise<Decision>,
    exchange: Exchange,
    release: () => void,
  ): Promise<void> {
    const decision = await question(exchange);
    if (this.#isOver) return;
    if (decision.kind === 'release') release();
    else this.#refuse(decision);
  }

  /** Answers in place of the handler, or cuts the connection if a response has begun. */
  #refuse({ status, location, isCommitted, requestId }: Block): void {
    const client = this.#client;
    if (this.#isOver) return;
    this.#isOver = true;
    if (isCommitted || client.headersSent) client.destroy();
    else {
      const page = blockPage(requestId, acceptsJson(this.#accept) ? 'json' : 'html');
      client.writeHead(status, {
        'content-type': page.contentType,
        'content-length': page.body.length,
        ...(location === undefined ? {} : { location }),
      });
      client.end(page.body);
    }
    this.#request.giveUp();
    this.#response.giveUp();
  }

  #close(onRecord: ((record: TransactionRecord) => void) | undefined): void {
    this.#isOver = true;
    clearTimeout(this.#silence);
    this.#request.giveUp();
    this.#response.close();
    this.#exchange?.close().then(onRecord);
  }
}

/** An exchange; undefined if the engine is closed. */
export function openedBy(engine: Engine): Exchange | undefined {
  try {
    return engine.openExchange();
  } catch {
    return undefined;
  }
}
