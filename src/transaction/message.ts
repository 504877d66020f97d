// What differs between the two messages of an exchange: how a head becomes fields and facts, and how its body is read. Knows no
// phase's outcome.

import type { Limits } from '../base/limits.ts';
import type { Steps } from '../base/turn.ts';
import type { RuleState } from '../evaluate/rule-state.ts';
import type { RequestHead, ResponseHead } from '../http/head.ts';
import { declaredLength, type HeaderList } from '../http/headers.ts';
import type { Inspector } from '../inspect/inspector.ts';
import * as heads from './head-fields.ts';
import type { SideBody } from './inspected-body.ts';
import { RequestBody, type RequestBodyOptions } from './request-body.ts';
import { ResponseBody } from './response-body.ts';

/** A kind of message. */
export interface Message<Head> {
  readonly headPhase: 1 | 3;
  readonly body: SideBody;
  /** Makes fields and facts of a head. */
  takeHead(head: Head): Steps<void>;
  /** Decides, after the phase of the head, how a body would be inspected. */
  decide(head: Head): void;
  /** Prepares for a body. Answers its length when that is known and rules are to look at it before its first stride. */
  open(head: Head): number | undefined;
  /** Trailers count as headers. */
  takeTrailers(trailers: HeaderList): Steps<void>;
}

/** Options of reading a message. */
export interface MessageOptions {
  readonly inspector: Inspector;
  readonly state: RuleState;
  readonly limits: Limits;
}

/** What a request is read with. */
export type RequestMessageOptions = MessageOptions & Pick<RequestBodyOptions, 'blocks'>;

/** The request of an exchange. */
export class RequestMessage implements Message<RequestHead> {
  readonly headPhase = 1;
  readonly body: RequestBody;
  readonly #options: MessageOptions;

  constructor(options: RequestMessageOptions) {
    this.#options = options;
    this.body = new RequestBody(options);
  }

  *takeHead(head: RequestHead): Steps<void> {
    const { inspector, state, limits } = this.#options;
    heads.setRequestFacts(head, state.exchange.facts);
    yield* heads.addRequestHead(head, inspector, limits, state.exchange.plan.settings.argumentSeparator);
    this.body.readHead(head.headers);
  }

  decide(): void {}

  open({ headers }: RequestHead): number | undefined {
    this.body.open();
    return declaredLength(headers);
  }

  takeTrailers(trailers: HeaderList): Steps<void> {
    return heads.addRequestHeaders(trailers, this.#options.inspector, this.#options.limits);
  }
}

/** The response of an exchange. */
export class ResponseMessage implements Message<ResponseHead> {
  readonly headPhase = 3;
  readonly body: ResponseBody;
  readonly #options: MessageOptions;

  constructor(options: MessageOptions) {
    this.#options = options;
    this.body = new ResponseBody(options.inspector, options.state);
  }

  *takeHead(head: ResponseHead): Steps<void> {
    const { inspector, state } = this.#options;
    heads.setResponseFacts(head, state.exchange.facts);
    this.body.readHead();
    yield* heads.addResponseHeaders(head.headers, inspector);
  }

  decide(head: ResponseHead): void {
    this.body.decide(head);
  }

  open(head: ResponseHead): undefined {
    this.body.open(head);
  }

  takeTrailers(trailers: HeaderList): Steps<void> {
    return heads.addResponseHeaders(trailers, this.#options.inspector);
  }
}
