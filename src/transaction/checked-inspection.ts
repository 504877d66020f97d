// The inspection for users of the library: checks types and order of calls once. Wrong types, and bytes after the end, must be an
// error and not an "allow".

import { isUint8Array } from 'node:util/types';
import { WafError } from '../base/errors.ts';
import { runInTurns, type Steps } from '../base/turn.ts';
import type { Verdict } from '../decision/verdict.ts';
import type { HeaderList } from '../http/headers.ts';
import type { Plan } from '../plan/plan.ts';
import {
  Inspection,
  type InspectionOptions,
  type InspectionSummary,
  type RequestHead,
  type ResponseHead,
} from './inspection.ts';
import { type Direction, type DirectionPhase, legalMoves, type MessagePart } from './phase.ts';

/** The error for a caller that violates the interface. */
export function misuse(sentence: string): WafError {
  return new WafError('api.misuse', sentence);
}

/** Text whose letters are bytes. */
function checkByteString(what: string, value: unknown): void {
  if (typeof value !== 'string') throw misuse(`${what} must be a string, got ${typeof value}`);
  for (let index = 0; index < value.length; index += 1) {
    if (value.charCodeAt(index) > 0xff) {
      throw misuse(`${what} must be a byte string: the letter at ${index} is beyond U+00FF; give its UTF-8 bytes`);
    }
  }
}

/** @throws WafError `api.misuse` unless they are byte strings under names in lower case. */
export function checkHeaders(what: string, headers: unknown): void {
  if (!Array.isArray(headers)) throw misuse(`${what} must be an array of { name, value }`);
  for (const header of headers as readonly (Partial<HeaderList[number]> | null)[]) {
    checkByteString(`a header name of ${what}`, header?.name);
    checkByteString(`the value of header ${header?.name} of ${what}`, header?.value);
    if (header?.name === '') throw misuse(`a header name of ${what} is empty`);
    if (/[A-Z]/.test(header?.name ?? '')) {
      throw misuse(`header "${header?.name}" of ${what} must be in lower case, as rules select by it`);
    }
  }
}

/** @throws WafError `api.misuse` for what is not bytes. */
export function checkChunk(chunk: unknown): void {
  if (!isUint8Array(chunk)) {
    const kind = chunk instanceof ArrayBuffer ? 'an ArrayBuffer' : typeof chunk;
    throw misuse(`a piece of a body must be a Uint8Array (a Buffer is one), got ${kind}`);
  }
  if (chunk.buffer instanceof ArrayBuffer && chunk.buffer.detached) {
    throw misuse('a piece of a body has been transferred away: its memory is detached');
  }
}

/** An end that is only truthy, such as the text 'false', would be taken for one. */
function checkEnd(endOfStream: unknown): void {
  if (typeof endOfStream !== 'boolean') throw misuse(`endOfStream must be true or false, got ${typeof endOfStream}`);
}

/** @throws WafError `api.misuse` for the head of a request that is not what its type says. */
export function checkRequestHead(head: RequestHead, endOfStream: boolean): void {
  checkEnd(endOfStream);
  for (const name of ['method', 'target', 'protocol', 'remoteAddress'] as const) {
    checkByteString(`${name} of the request`, head?.[name]);
  }
  const { remotePort } = head;
  if (!Number.isInteger(remotePort) || remotePort < 0 || remotePort > 65_535) {
    throw misuse(`remotePort of the request must be a number from 0 to 65535, got ${String(remotePort)}`);
  }
  checkHeaders('the request', head.headers);
}

/** @throws WafError `api.misuse` for the head of a response that is not what its type says. */
export function checkResponseHead(head: ResponseHead, endOfStream: boolean): void {
  checkEnd(endOfStream);
  if (!Number.isInteger(head?.status)) throw misuse(`the status must be a whole number, got ${head?.status}`);
  checkByteString('protocol of the response', head.protocol);
  checkHeaders('the response', head.headers);
}

/**
 * As `Inspection`, for callers that nothing else checks. Throws WafError `api.misuse` for values of a wrong type, for
 * calls out of order (a body before its head or after its end, a second head, anything after `close`), and for calls that begin
 * while a sliced one is under way.
 */
export class CheckedInspection {
  readonly #inspection: Inspection;
  readonly #phases: Record<Direction, DirectionPhase> = { request: 'before-head', response: 'before-head' };
  #isBusy = false;
  #isClosed = false;

  constructor(plan: Plan, options: InspectionOptions) {
    this.#inspection = new Inspection(plan, options);
  }

  /** See `Side.head`. */
  requestHeaders(head: RequestHead, endOfStream: boolean): Verdict {
    this.#enter('request', 'head', 'the head of a request');
    checkRequestHead(head, endOfStream);
    this.#phases.request = endOfStream ? 'ended' : 'in-body';
    return this.#inspection.side('request').head(head, endOfStream);
  }

  /** See `Side.chunk`. */
  requestBody(chunk: Uint8Array): Verdict {
    this.#enter('request', 'chunk', 'the body of a request');
    checkChunk(chunk);
    return this.#inspection.side('request').chunk(chunk);
  }

  /** See `Side.chunkInSteps`: lets others run in between; nothing else may be called until it has settled. */
  requestBodySliced(chunk: Uint8Array): Promise<Verdict> {
    this.#enter('request', 'chunk', 'the body of a request');
    checkChunk(chunk);
    return this.#alone(this.#inspection.side('request').chunkInSteps(chunk));
  }

  /** See `Side.end`. */
  requestEnd(trailers: HeaderList = []): Verdict {
    this.#end('request', trailers);
    return this.#inspection.side('request').end(trailers);
  }

  /** See `Side.head`. */
  responseHeaders(head: ResponseHead, endOfStream: boolean): Verdict {
    if (this.#phases.request === 'before-head') throw misuse('the head of a response came before that of its request');
    this.#enter('response', 'head', 'the head of a response');
    checkResponseHead(head, endOfStream);
    this.#phases.response = endOfStream ? 'ended' : 'in-body';
    return this.#inspection.side('response').head(head, endOfStream);
  }

  /** See `Side.chunk`. */
  responseBody(chunk: Uint8Array): Verdict {
    this.#enter('response', 'chunk', 'the body of a response');
    checkChunk(chunk);
    return this.#inspection.side('response').chunk(chunk);
  }

  /** See `Side.chunkInSteps`: lets others run in between; nothing else may be called until it has settled. */
  responseBodySliced(chunk: Uint8Array): Promise<Verdict> {
    this.#enter('response', 'chunk', 'the body of a response');
    checkChunk(chunk);
    return this.#alone(this.#inspection.side('response').chunkInSteps(chunk));
  }

  /** See `Side.end`. */
  responseEnd(trailers: HeaderList = []): Verdict {
    this.#end('response', trailers);
    return this.#inspection.side('response').end(trailers);
  }

  /** See `Side.evaluateNow`. */
  evaluateNow(direction: Direction): Verdict {
    this.#checkAlone();
    if (!Object.hasOwn(this.#phases, direction)) throw misuse(`"${direction}" is neither request nor response`);
    return this.#inspection.side(direction).evaluateNow();
  }

  /** See `Side.evaluatedBytes`. */
  evaluatedBytes(direction: Direction): number {
    if (!Object.hasOwn(this.#phases, direction)) throw misuse(`"${direction}" is neither request nor response`);
    return this.#inspection.side(direction).evaluatedBytes;
  }

  /** See `Inspection.summary`. */
  get summary(): InspectionSummary {
    return this.#inspection.summary;
  }

  /** See `Inspection.close`. Idempotent. */
  close(): InspectionSummary {
    if (this.#isBusy) throw misuse('close was called while a sliced call is under way');
    this.#isClosed = true;
    return this.#inspection.close();
  }

  #checkAlone(): void {
    if (this.#isBusy) throw misuse('a call began while a sliced one is under way: await that first');
    if (this.#isClosed) throw misuse('the inspection is closed');
  }

  #enter(direction: Direction, part: MessagePart, what: string): void {
    this.#checkAlone();
    const phase = this.#phases[direction];
    if (legalMoves[phase][part] !== 'inspect') throw misuse(`${what} came while the ${direction} is ${phase}`);
  }

  /** Ending twice is ending once. */
  #end(direction: Direction, trailers: HeaderList): void {
    this.#checkAlone();
    if (this.#phases[direction] === 'before-head') throw misuse(`the ${direction} ended before its head came`);
    checkHeaders(`the trailers of the ${direction}`, trailers);
    this.#phases[direction] = 'ended';
  }

  async #alone(steps: Steps<Verdict>): Promise<Verdict> {
    this.#isBusy = true;
    try {
      return await runInTurns(steps);
    } finally {
      this.#isBusy = false;
    }
  }
}
