// What differs between the two messages of an exchange: how a head becomes fields and facts, and what its body is read with.
// Knows no phase's outcome.

import type { Limits } from '../base/limits.ts';
import type { Steps } from '../base/turn.ts';
import type { ExchangeState } from '../evaluate/exchange-state.ts';
import type { RequestHead, ResponseHead } from '../http/head.ts';
import { declaredLength, type HeaderList } from '../http/headers.ts';
import type { Inspector } from '../inspect/inspector.ts';
import * as heads from './head-fields.ts';
import type { SideBody } from './inspected-body.ts';
import { RequestBody } from './request-body.ts';
import { ResponseBody } from './response-body.ts';

/** A kind of message. */
export interface Message<Head> {
  readonly headPhase: 1 | 3;
  readonly body: SideBody;
  /** Makes fields and facts of a head. */
  takeHead(head: Head): Steps<void>;
  /** Decides, after the phase of the head, how a body would be looked at. */
  decide(head: Head): void;
  /** Prepares for a body. Answers its length when that is known and rules are to look at it before its first stride. */
  open(head: Head): number | undefined;
  /** Trailers count as headers. */
  takeTrailers(trailers: HeaderList): Steps<void>;
}

/** What a message is read with. */
export interface MessageOptions {
  readonly inspector: Inspector;
  readonly state: ExchangeState;
  readonly limits: Limits;
}

/** The request of an exchange. */
export function requestMessage({ inspector, state, limits }: MessageOptions): Message<RequestHead> {
  const body = new RequestBody(inspector, state);
  return {
    headPhase: 1,
    body,
    *takeHead(head) {
      heads.setRequestFacts(head, state.facts);
      yield* heads.addRequestHead(head, inspector, limits, state.plan.settings.argumentSeparator);
      body.readHead(head.headers);
    },
    decide() {},
    open({ headers }) {
      body.open();
      return declaredLength(headers);
    },
    takeTrailers: (trailers) => heads.addRequestHeaders(trailers, inspector, limits),
  };
}

/** The response of an exchange. */
export function responseMessage({ inspector, state }: MessageOptions): Message<ResponseHead> {
  const body = new ResponseBody(inspector, state);
  return {
    headPhase: 3,
    body,
    *takeHead(head) {
      heads.setResponseFacts(head, state.facts);
      body.readHead();
      yield* heads.addResponseHeaders(head.headers, inspector);
    },
    decide: (head) => body.decide(head),
    open(head) {
      body.open(head);
      return undefined;
    },
    takeTrailers: (trailers) => heads.addResponseHeaders(trailers, inspector),
  };
}
