// One exchange of an HTTP server behind an engine: opens it, lets its two sides run, and answers in the handler's place when it is
// blocked. Knows nothing of how bytes come and go.

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

/** What the exchange is told. */
export interface GuardedExchangeOptions {
  readonly engine: Engine;
  readonly handler: RequestListener;
  readonly onRecord: ((record: TransactionRecord) => void) | undefined;
}

/** The answer to an exchange that could not be decided. */
export const undecided = (): Block => ({ kind: 'block', status: 503, isCommitted: false, requestId: randomUUID() });

/** An exchange, from its request's head until the client's response is closed. */
export class GuardedExchange implements Gate {
  readonly heldBytesMax: number;
  readonly #exchange: Exchange | undefined;
  readonly #client: ServerResponse;
  readonly #accept: string | undefined;
  readonly #request: GuardedRequest;
  readonly #response: GuardedResponse;
  /** Ends an exchange in which neither side says anything. */
  readonly #silence: NodeJS.Timeout;
  #isOver = false;

  /** Takes over what a server has begun, before anything was read of the request. */
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
    // What the handler throws is the process's affair, as it is without a guard.
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

  /** Answers in the handler's place, or cuts the connection when an answer has begun. */
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

/** An exchange; undefined when the engine is closed. */
export function openedBy(engine: Engine): Exchange | undefined {
  try {
    return engine.openExchange();
  } catch {
    return undefined;
  }
}
