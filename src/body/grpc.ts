// gRPC and gRPC-Web bodies: length-prefixed messages, decompressed if needed, each decoded by its wire format. Knows no service.

import { asView } from '../base/bytes.ts';
import { WafError } from '../base/errors.ts';
import type { TakeMemory } from '../base/held-memory.ts';
import type { Limits } from '../base/limits.ts';
import type { Steps } from '../base/turn.ts';
import type { FieldSink } from '../http/field.ts';
import type { CodingLimits } from './coding/coding-layer.ts';
import { ContentCodingDecoder, codingsOf } from './coding/content-coding.ts';
import { type Decoder, endInSteps, writeInSteps } from './decoder.ts';
import { SteppedDecoder } from './guarded-decoder.ts';
import { JsonDecoder } from './json.ts';
import { ProtobufReader } from './protobuf.ts';

/** The limits for the decoder. */
export type GrpcLimits = CodingLimits &
  Pick<Limits, 'fieldCollectBytesMax' | 'protobufDepthMax' | 'fieldNameBytesMax' | 'jsonDepthMax'>;

/** What the request's head declares about its messages. */
export interface GrpcOptions {
  /** `grpc-encoding`: the compression of messages with the compressed flag; empty if there is none. */
  readonly encoding: string;
  /** Whether messages are JSON (`application/grpc+json`). */
  readonly isJson: boolean;
  readonly limits: GrpcLimits;
  /** Reserves memory for windows; absent: it is not counted. */
  readonly take?: TakeMemory | undefined;
}

const prefixBytes = 5;
const compressedFlag = 0x01;
/** gRPC-Web: the frame contains trailers as text (grpc-web protocol). */
const trailersFlag = 0x80;
const unnamed = 'grpc';

/**
 * Reports the strings of each message like `ProtobufReader`, under `grpc`; trailers of gRPC-Web under `grpc.trailers`. An invalid
 * message, or one with an unknown compression, is reported as its bytes and makes `end()` throw `body.malformed`.
 */
export class GrpcDecoder extends SteppedDecoder {
  readonly #options: GrpcOptions;
  readonly #prefix = new Uint8Array(prefixBytes);
  #prefixLength = 0;
  #left = 0;
  #message: Decoder | undefined;
  #expandedBytes = 0;
  #firstProblem = '';

  constructor(sink: FieldSink, options: GrpcOptions) {
    super(sink);
    this.#options = options;
  }

  override get heldBytes(): number {
    return this.#message?.heldBytes ?? this.#prefixLength;
  }

  protected override *readInSteps(chunk: Uint8Array): Steps<void> {
    let offset = 0;
    while (offset < chunk.length) {
      if (this.#message === undefined) {
        this.#prefix[this.#prefixLength] = chunk[offset] as number;
        this.#prefixLength += 1;
        offset += 1;
        if (this.#prefixLength === prefixBytes) yield* this.#startMessage();
        continue;
      }
      const taken = Math.min(chunk.length - offset, this.#left);
      this.#left -= taken;
      yield* writeInSteps(this.#message, asView(chunk, offset, offset + taken));
      offset += taken;
      if (this.#left === 0) yield* this.#endMessage();
    }
  }

  protected override *readEndInSteps(): Steps<void> {
    if (this.#prefixLength > 0) this.#problem('the body ends inside a message');
    if (this.#message === undefined && this.#prefixLength > 0) this.#reportPrefix();
    if (this.#message !== undefined) yield* this.#endMessage();
    if (this.#firstProblem !== '') throw new WafError('body.malformed', `gRPC: ${this.#firstProblem}`);
  }

  protected override abandon(): void {
    const message = this.#message;
    this.#message = undefined;
    try {
      message?.end();
    } catch {
      return;
    }
  }

  *#startMessage(): Steps<void> {
    const flags = this.#prefix[0] as number;
    this.#left = Buffer.from(this.#prefix.buffer).readUInt32BE(1);
    if ((flags & ~(compressedFlag | trailersFlag)) !== 0) this.#problem('a message has unknown flags');
    const plain = (flags & trailersFlag) !== 0 ? this.#openText() : this.#openMessage();
    this.#message = (flags & compressedFlag) !== 0 ? this.#openCompressed(plain) : plain;
    if (this.#left === 0) yield* this.#endMessage();
  }

  *#endMessage(): Steps<void> {
    const message = this.#message;
    this.#message = undefined;
    this.#prefixLength = 0;
    if (message !== undefined) yield* endInSteps(message);
  }

  #openMessage(): Decoder {
    if (this.#options.isJson) return new JsonDecoder(this.sink, this.#options.limits);
    const reader = new ProtobufReader(this.sink, unnamed, this.#options.limits);
    return {
      write: (bytes) => reader.write(bytes),
      end: () => {
        if (!reader.end()) this.#problem('a message is not a Protocol Buffers message');
      },
      get heldBytes() {
        return reader.heldBytes;
      },
    };
  }

  #openText(): Decoder {
    const { sink } = this;
    sink.begin('ARGS_POST', `${unnamed}.trailers`);
    return {
      write: (bytes) => {
        if (bytes.length > 0) sink.write(bytes);
      },
      end: () => sink.end(),
      heldBytes: 0,
    };
  }

  #openCompressed(next: Decoder): Decoder {
    const { encoding, limits } = this.#options;
    const { codings, unknown } = codingsOf([encoding]);
    if (codings.length === 0) {
      this.sink.fact('BODY_CODING_UNSUPPORTED', unknown ?? 'none');
      this.#problem('a message is compressed in a way that is not supported');
    }
    // The free expansion is granted once per body, not for each of its messages.
    const expansionFreeBytes = Math.max(0, limits.expansionFreeBytes - this.#expandedBytes);
    const counting: Decoder = {
      write: (bytes) => {
        this.#expandedBytes += bytes.length;
        next.write(bytes);
      },
      end: () => next.end(),
      get heldBytes() {
        return next.heldBytes;
      },
    };
    return new ContentCodingDecoder({
      codings,
      take: this.#options.take,
      next: counting,
      sink: this.sink,
      limits: { ...limits, expansionFreeBytes },
    });
  }

  #reportPrefix(): void {
    this.sink.begin('ARGS_POST', unnamed);
    this.sink.write(asView(this.#prefix, 0, this.#prefixLength));
    this.sink.end();
  }

  #problem(message: string): void {
    this.sink.fact('REQBODY_ERROR', '1');
    if (this.#firstProblem !== '') return;
    this.#firstProblem = message;
    this.sink.fact('REQBODY_ERROR_MSG', `gRPC: ${message}`);
  }
}
