// Errors that grpc-js ignores in gRPC's framing ("gRPC over HTTP/2", Length-Prefixed-Message): flags that no message may have,
// and a last message that is cut off. Knows no stream of ours.

import type { ServerInterceptingCallInterface } from '@grpc/grpc-js';
import { WafError } from '../base/errors.ts';

/** The part of grpc-js's decoder that is read. `readState` is 0 between messages. */
interface FrameDecoder {
  readState: number;
  /** Of the message that is being read: its whole length, what is missing, and the pieces that have arrived. */
  readMessageSize: number;
  readMessageRemaining: number;
  readPartialMessage: Buffer[];
  write(bytes: Buffer): Buffer[];
}

/** Watches the framing of one call. */
export interface Framing {
  /** Whether the bytes so far end at the end of a message. */
  readonly isBetweenMessages: boolean;
  /** Bytes received of a message that has not arrived completely. */
  readonly unfinishedBytes: number;
  /** Drops them, and everything that still arrives. */
  drop(): void;
}

/**
 * Watches a call. Messages are expected to be uncompressed, so `onViolation` is called for every flag but 0, and that message and
 * whatever arrived with it is dropped. `onBytes` is called when bytes have arrived.
 * @throws WafError `internal` when this grpc-js has no such decoder any more: without it a cut message would be taken for a
 * missing one.
 */
export function guardFraming(
  call: ServerInterceptingCallInterface,
  onViolation: (sentence: string) => void,
  onBytes: () => void = () => undefined,
): Framing {
  const { decoder } = call as unknown as { readonly decoder?: Partial<FrameDecoder> };
  if (typeof decoder?.write !== 'function' || typeof decoder.readState !== 'number') {
    throw new WafError('internal', 'this version of @grpc/grpc-js offers no place to look at frames of messages');
  }
  const write = decoder.write.bind(decoder);
  decoder.write = (bytes) => {
    const messages = write(bytes);
    onBytes();
    const strange = messages.find((message) => message[0] !== 0);
    if (strange === undefined) return messages;
    onViolation(`a message has the flags ${strange[0]}, and none says how it is encoded`);
    return [];
  };
  return {
    get isBetweenMessages() {
      return decoder.readState === 0;
    },
    get unfinishedBytes() {
      const { readState = 0, readMessageSize = 0, readMessageRemaining = 0 } = decoder;
      return readState === 0 ? 0 : readMessageSize - readMessageRemaining;
    },
    drop() {
      decoder.readPartialMessage = [];
      decoder.write = () => [];
    },
  };
}
