// The service grpc.health.v1 (grpc.io, "Health Checking") for a transport that brings none. Its two messages are so small that they
// are read and written here.

import { status } from './grpc-service.ts';
import type { StreamHandler } from './transport.ts';

/** Paths of its methods. */
export const healthPaths = { check: '/grpc.health.v1.Health/Check', watch: '/grpc.health.v1.Health/Watch' } as const;

/** HealthCheckResponse.ServingStatus. */
const servingStatus = { SERVING: 1, NOT_SERVING: 2, SERVICE_UNKNOWN: 3 } as const;

type ServingStatus = keyof typeof servingStatus;

/** The stream that responses are sent to. */
export interface HealthReplies {
  reply(message: Uint8Array): void;
  endWith(code: number, details: string): void;
}

/** HealthCheckResponse: field 1 is the status. */
const encode = (serving: ServingStatus): Uint8Array => Uint8Array.of(0x08, servingStatus[serving]);

/** Tag of HealthCheckRequest's field 1, a string. */
const serviceTag = 0x0a;

/**
 * The requested service; undefined for bytes that are not a HealthCheckRequest as clients encode it, or a name too long for any
 * service.
 */
function serviceOf(message: Uint8Array): string | undefined {
  if (message.length === 0) return '';
  const length = message[1] ?? 0x80;
  if (message[0] !== serviceTag || length >= 0x80 || message.length !== 2 + length) return undefined;
  return Buffer.from(message.subarray(2)).toString('utf8');
}

/** The health of some services, and its watchers. */
export class HealthService {
  readonly #names: ReadonlySet<string>;
  readonly #watchers = new Map<HealthReplies, string>();
  #serving: ServingStatus = 'SERVING';

  /** @param names services that are known; all have the same health. */
  constructor(names: readonly string[]) {
    this.#names = new Set(names);
  }

  /** Sets the health for later requests, and notifies the watchers. */
  set(serving: 'SERVING' | 'NOT_SERVING'): void {
    if (this.#serving === serving) return;
    this.#serving = serving;
    for (const [replies, name] of this.#watchers) if (this.#names.has(name)) replies.reply(encode(serving));
  }

  /** Ends the streams of the watchers. */
  close(): void {
    for (const replies of this.#watchers.keys()) replies.endWith(status.UNAVAILABLE, 'the server ends');
    this.#watchers.clear();
  }

  /** One request, one response. */
  check(replies: HealthReplies): StreamHandler {
    return this.#asked(replies, (name) => {
      if (!this.#names.has(name)) {
        replies.endWith(status.NOT_FOUND, 'there is no such service');
        return;
      }
      replies.reply(encode(this.#serving));
      replies.endWith(status.OK, '');
    });
  }

  /** A response now, and one at each change. */
  watch(replies: HealthReplies): StreamHandler {
    return this.#asked(replies, (name) => {
      this.#watchers.set(replies, name);
      replies.reply(encode(this.#names.has(name) ? this.#serving : 'SERVICE_UNKNOWN'));
    });
  }

  /** Both methods take one message. */
  #asked(replies: HealthReplies, answer: (name: string) => void): StreamHandler {
    let message: Uint8Array | undefined;
    return {
      message: (bytes) => {
        if (message !== undefined) replies.endWith(status.UNIMPLEMENTED, 'there is more than one message');
        message = bytes;
      },
      halfClose: () => {
        const name = message === undefined ? undefined : serviceOf(message);
        if (name === undefined) replies.endWith(status.INVALID_ARGUMENT, 'that is not a question');
        else answer(name);
      },
      close: () => void this.#watchers.delete(replies),
    };
  }
}
