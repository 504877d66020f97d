// One stream of the native transport: passes messages to its handler one at a time, and stops the peer from sending meanwhile.
// Knows no HTTP/2.

import { Arrivals } from './arrivals.ts';
import { status, statusOf } from './grpc-service.ts';
import type { ReplyStream, StreamFailure, StreamHandler } from './transport.ts';
import type { UnfinishedMessage } from './unfinished-message.ts';

/** What a call needs from the transport below. Every method does nothing once the stream is gone. */
export interface CallWire {
  /** True: `writable` follows once the unsent bytes have been sent. */
  send(slot: number, message: Uint8Array): boolean;
  end(slot: number, code: number, details: string): void;
  pause(slot: number): void;
  resume(slot: number): void;
  header(slot: number, name: string): string | undefined;
  /** A stream ended with an error of ours. */
  failed(failure: StreamFailure): void;
  /** This many bytes in buffers of their own are garbage. */
  dropped(bytes: number): void;
}

/** Something that arrived: a message, the end, or what was wrong with it. */
type Arrival = Uint8Array | 'half-close' | CallViolation;

/** Why nothing more is read. `failure` is absent for violations that only have a gRPC status. */
export interface CallViolation {
  readonly code: number;
  readonly failure?: StreamFailure;
  readonly sentence: string;
}

/** Bytes that are text ("gRPC over HTTP/2", ASCII-Value). */
const text = /^[\x20-\x7e]*$/;

/**
 * A call. What arrives while its handler is busy, or while the peer does not read our replies, waits here. Its size is bounded by
 * the peer's window, which is not enlarged meanwhile.
 */
export class NativeCall implements ReplyStream {
  readonly #wire: CallWire;
  readonly #slot: number;
  readonly #unfinished: UnfinishedMessage;
  #handler: StreamHandler | undefined;
  readonly #waiting = new Arrivals<Exclude<Arrival, Uint8Array>>();
  #deadline: NodeJS.Timeout | undefined;
  #isHandling = false;
  #isFull = false;
  #isPaused = false;
  #hasEnded = false;
  #isClosed = false;
  /** Bytes of messages in buffers of their own that have not been freed. */
  #ownBytes = 0;

  /** @param unfinished counts what the stream holds of a message that has not arrived completely. */
  constructor(wire: CallWire, slot: number, unfinished: UnfinishedMessage) {
    this.#wire = wire;
    this.#slot = slot;
    this.#unfinished = unfinished;
  }

  /** Begins, with the handler that `open` makes for it. @param timeoutMs 0: it has none. */
  begin(open: (call: NativeCall) => StreamHandler, timeoutMs: number): void {
    if (timeoutMs > 0) {
      this.#deadline = setTimeout(() => this.fail('deadline', 'the deadline of the stream has passed'), timeoutMs);
      this.#deadline.unref();
    }
    try {
      this.#handler = open(this);
    } catch {
      this.#broke();
    }
  }

  /** The first value of a header; undefined when there is none, or it is not text. */
  get(name: string): string | undefined {
    if (this.#isClosed) return undefined;
    const value = this.#wire.header(this.#slot, name);
    return value !== undefined && text.test(value) ? value : undefined;
  }

  /** This many bytes are held of a message that has not arrived completely. */
  holds(bytes: number): void {
    if (this.#hasEnded) return;
    const reason = this.#unfinished.holds(bytes);
    if (reason !== undefined) this.endWith(status.RESOURCE_EXHAUSTED, reason);
  }

  /** Something has arrived; a message is in a buffer of its own. */
  receive(arrival: Arrival): void {
    if (arrival instanceof Uint8Array) this.#ownBytes += arrival.length;
    if (this.#hasEnded) return;
    this.#unfinished.holds(0);
    if (this.#isBlocked) this.#waiting.push(arrival);
    else this.#handle(arrival);
  }

  /** A message has arrived in a buffer shared by many. */
  receiveSlice(buffer: Uint8Array, start: number, length: number): void {
    if (this.#hasEnded) return;
    this.#unfinished.holds(0);
    if (this.#isBlocked) this.#waiting.pushSlice(buffer, start, length);
    else this.#handle(buffer.subarray(start, start + length));
  }

  /** The unsent bytes have been sent. */
  writable(): void {
    this.#isFull = false;
    this.#goOn();
  }

  /** The stream is gone. */
  close(): void {
    const wasCancelled = !this.#hasEnded;
    this.#hasEnded = true;
    this.#isClosed = true;
    this.#unfinished.holds(0);
    this.#waiting.clear();
    clearTimeout(this.#deadline);
    if (this.#ownBytes > 0) this.#wire.dropped(this.#ownBytes);
    this.#handler?.close(wasCancelled);
    this.#handler = undefined;
  }

  reply(message: Uint8Array): void {
    if (this.#hasEnded || !this.#wire.send(this.#slot, message)) return;
    this.#isFull = true;
    this.#pause();
  }

  done({ buffer, length }: Uint8Array): void {
    // A shared buffer contains other messages, which may be in use.
    if (this.#isClosed || length === 0 || length !== buffer.byteLength || !(buffer instanceof ArrayBuffer)) return;
    this.#ownBytes -= length;
    // V8 frees the memory of a buffer that is transferred.
    buffer.transfer(0);
  }

  end(): void {
    this.#finish(status.OK, '');
  }

  fail(failure: StreamFailure, message: string): void {
    if (!this.#hasEnded) this.#wire.failed(failure);
    this.#finish(statusOf[failure], message);
  }

  /** Ends the stream with any status: for services that use others than ours. */
  endWith(code: number, details: string): void {
    this.#finish(code, details);
  }

  get #isBlocked(): boolean {
    return this.#isHandling || this.#isFull;
  }

  /** Hands something to the handler; the next waits for it. What it throws ends the stream with an error. */
  #handle(arrival: Arrival): void {
    try {
      const pending = this.#give(arrival);
      if (pending === undefined) return;
      this.#isHandling = true;
      this.#pause();
      pending.then(
        () => this.#handled(),
        () => {
          this.#broke();
          this.#handled();
        },
      );
    } catch {
      this.#broke();
    }
  }

  #give(arrival: Arrival): void | Promise<void> {
    if (arrival instanceof Uint8Array) return this.#handler?.message(arrival);
    if (arrival === 'half-close') return this.#handler?.halfClose();
    const { code, failure, sentence } = arrival;
    if (failure !== undefined) this.fail(failure, sentence);
    else this.#finish(code, sentence);
  }

  #handled(): void {
    this.#isHandling = false;
    this.#goOn();
  }

  #goOn(): void {
    while (!this.#hasEnded && !this.#isBlocked) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      this.#handle(next);
    }
    if (!this.#isPaused || this.#isBlocked || this.#hasEnded) return;
    this.#isPaused = false;
    this.#wire.resume(this.#slot);
  }

  #pause(): void {
    if (this.#isPaused || this.#hasEnded) return;
    this.#isPaused = true;
    this.#wire.pause(this.#slot);
  }

  #broke(): void {
    this.fail('internal', 'internal error');
  }

  #finish(code: number, details: string): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#unfinished.holds(0);
    this.#waiting.clear();
    this.#wire.end(this.#slot, code, details);
  }
}
