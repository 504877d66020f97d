// The messages of one stream → the events of one exchange, with the answer that each is owed. Remembers what only the
// first message says. Knows no step and no rule.

import type { Attributes } from '../http/attributes.ts';
import { firstValue } from '../http/headers.ts';
import type { ExchangeEvent } from '../transaction/event.ts';
import { type BodyModes, bodyModesOf } from './body-mode.ts';
import { attributesOf, decodeRequest, protocolOf, requestHeadOf, responseHeadOf, trailersOf } from './from-envoy.ts';
import type { HttpBody, ProcessingRequest } from './gen/envoy/service/ext_proc/v3/external_processor.ts';
import { chunkReply, headReply, type PendingReply } from './to-envoy.ts';

type Request = NonNullable<ProcessingRequest['request']>;

/** Reads the messages of one stream, in order. */
export class MessageReader {
  #modes: BodyModes | undefined;
  #isObserved = false;
  #protocol = '';
  #accept: string | undefined;
  #isEchoed = false;

  /** The body modes; undefined before the first message with a request in it. */
  get modes(): BodyModes | undefined {
    return this.#modes;
  }

  /** Whether the proxy only shows us the traffic (`observability_mode`) and takes no answers. */
  get isObserved(): boolean {
    return this.#isObserved;
  }

  /** Whether the answer to the last message gives its bytes back: they are read once more when it goes out. */
  get isEchoed(): boolean {
    return this.#isEchoed;
  }

  /** The request's `accept` header. */
  get accept(): string | undefined {
    return this.#accept;
  }

  /**
   * The event in a message; undefined for one of no known kind (messages that only update flow
   * control windows), which must not be answered. Chunks are views on `bytes`.
   * @throws WafError `protocol.malformed`
   */
  read(bytes: Uint8Array): ExchangeEvent<PendingReply> | undefined {
    const message = decodeRequest(bytes);
    const { request } = message;
    this.#isEchoed = false;
    if (request === undefined) return undefined;
    this.#modes ??= bodyModesOf(message.protocolConfig);
    this.#isObserved ||= message.observabilityMode;
    return this.#eventOf(request, message, bytes);
  }

  #eventOf(request: Request, message: ProcessingRequest, bytes: Uint8Array): ExchangeEvent<PendingReply> {
    const attributes = attributesOf(message);
    switch (request.$case) {
      case 'requestHeaders': {
        const head = requestHeadOf(request.value.headers, attributes, { hasBody: !request.value.endOfStream });
        this.#protocol = protocolOf(attributes);
        this.#accept = firstValue(head.headers, 'accept');
        const { endOfStream } = request.value;
        return { kind: 'request-head', head, endOfStream, attributes, pendingReply: headReply('request', 'head') };
      }
      case 'responseHeaders': {
        const head = responseHeadOf(request.value.headers, this.#protocol);
        const { endOfStream } = request.value;
        return { kind: 'response-head', head, endOfStream, attributes, pendingReply: headReply('response', 'head') };
      }
      case 'requestBody':
        return this.#chunkOf('request', request.value, attributes, bytes);
      case 'responseBody':
        return this.#chunkOf('response', request.value, attributes, bytes);
      case 'requestTrailers':
      case 'responseTrailers': {
        const direction = request.$case === 'requestTrailers' ? 'request' : 'response';
        const trailers = trailersOf(request.value.trailers);
        return { kind: 'trailers', direction, trailers, attributes, pendingReply: headReply(direction, 'trailers') };
      }
    }
  }

  #chunkOf(
    direction: 'request' | 'response',
    { body: chunk, endOfStream }: HttpBody,
    attributes: Attributes,
    message: Uint8Array,
  ): ExchangeEvent<PendingReply> {
    const answer = this.#modes?.chunkAnswers[direction] ?? 'continue';
    this.#isEchoed = answer === 'echo';
    return {
      kind: 'chunk',
      direction,
      chunk,
      endOfStream,
      attributes,
      pendingReply: chunkReply({ direction, answer, chunk, endOfStream, message }),
    };
  }
}
