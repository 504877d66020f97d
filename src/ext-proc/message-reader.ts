// The messages of one stream → the events of one exchange, and the replies owed. Keeps what only the first message says.
// Knows no step and no rule.

import type { Attributes } from '../http/attributes.ts';
import { firstValue } from '../http/headers.ts';
import type { ExchangeEvent } from '../transaction/event.ts';
import { PendingReplies } from '../transaction/pending-replies.ts';
import { type BodyModes, bodyModesOf } from './body-mode.ts';
import { decodeMessage, type MessagePart } from './decode-message.ts';
import { requestHeadOf, responseHeadOf } from './from-envoy.ts';
import { chunkReply, headReply, type PendingReply } from './to-envoy.ts';

/** Reads the messages of one stream, in order. */
export class MessageReader {
  /** The replies to the messages read, until they are taken. */
  readonly replies: PendingReplies<PendingReply> = new PendingReplies();
  #modes: BodyModes | undefined;
  #isObserved = false;
  #protocol = '';
  #accept: string | undefined;
  #isEchoed = false;

  /** The body modes; undefined before the first message with a request in it. */
  get modes(): BodyModes | undefined {
    return this.#modes;
  }

  /** Whether the proxy only shows us the traffic (`observability_mode`) and ignores replies. */
  get isObserved(): boolean {
    return this.#isObserved;
  }

  /** Whether the reply to the last message returns its bytes: they are read once more when it is sent. */
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
  read(bytes: Uint8Array): ExchangeEvent | undefined {
    const { part, attributes, observabilityMode, protocolConfig } = decodeMessage(bytes);
    this.#isEchoed = false;
    if (part === undefined) return undefined;
    this.#modes ??= bodyModesOf(protocolConfig);
    this.#isObserved ||= observabilityMode;
    return this.#eventOf(part, attributes, bytes);
  }

  #eventOf(part: MessagePart, attributes: Attributes, message: Uint8Array): ExchangeEvent {
    const { direction } = part;
    switch (part.kind) {
      case 'head':
        return this.#headOf(part, attributes);
      case 'chunk': {
        const { chunk, endOfStream } = part;
        const answer = this.#modes?.chunkAnswers[direction] ?? 'continue';
        this.#isEchoed = answer === 'echo';
        this.replies.add(direction, chunkReply({ direction, answer, chunk, endOfStream, message }));
        return { kind: 'chunk', direction, chunk, endOfStream, attributes };
      }
      case 'trailers':
        this.replies.add(direction, headReply(direction, 'trailers'));
        // A pseudo header among them, which HTTP forbids, stays what it is: a strange name.
        return { kind: 'trailers', direction, trailers: part.trailers, attributes };
    }
  }

  #headOf(
    { direction, headers, endOfStream }: Extract<MessagePart, { readonly kind: 'head' }>,
    attributes: Attributes,
  ): ExchangeEvent {
    this.replies.add(direction, headReply(direction, 'head'));
    if (direction === 'response') {
      const head = responseHeadOf(headers, this.#protocol);
      return { kind: 'response-head', head, endOfStream, attributes };
    }
    const head = requestHeadOf(headers, attributes, { hasBody: !endOfStream });
    this.#protocol = head.protocol;
    this.#accept = firstValue(head.headers, 'accept');
    return { kind: 'request-head', head, endOfStream, attributes };
  }
}
