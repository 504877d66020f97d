// Passes records of exchanges to all sinks. No verdict waits for a sink: each takes records in its own time, and one that does
// not keep up loses records, which are counted. Does not know what a sink does.

import { setTimeout as sleep } from 'node:timers/promises';
import { asWafError, type WafError } from '../base/errors.ts';
import type { Limits } from '../base/limits.ts';
import type { RequestHead } from '../http/head.ts';
import type { TransactionRecord } from './record.ts';
import { recordBytes } from './record-bytes.ts';

/** An exchange that began. */
export interface OpenedExchange {
  /** Absent when a response came without a request. */
  readonly head: RequestHead | undefined;
  readonly profile: string;
  readonly generation: number;
}

/** Takes what happens to exchanges. A promise says when it is ready for the next record. */
export interface ExchangeSink {
  /** For messages about it. */
  readonly name: string;
  /** An exchange began. Must be quick: it is called before the first message is inspected. */
  onOpen?(opened: OpenedExchange): void;
  /** An exchange is over. */
  onRecord(record: TransactionRecord): void | Promise<void>;
}

/** What is reported about sinks. */
export interface RecordSinksOptions {
  readonly limits: Pick<Limits, 'recordQueueLengthMax' | 'recordQueueBytesMax'>;
  /** A sink threw or rejected; called once for each error. Must not throw. */
  readonly onError: (sink: ExchangeSink, error: WafError) => void;
  /**
   * A sink does not keep up: called when the first record is lost, and not again until it has taken all waiting records. Must not
   * throw.
   */
  readonly onLoss: (sink: ExchangeSink) => void;
  /** It has taken all waiting records, after `lostRecords` records were lost. Must not throw. */
  readonly onRecovery: (sink: ExchangeSink, lostRecords: number) => void;
}

/** One sink with what waits for it. */
class SinkQueue {
  readonly sink: ExchangeSink;
  readonly #options: RecordSinksOptions;
  readonly #waiting: { readonly record: TransactionRecord; readonly bytes: number }[] = [];
  #waitingBytes = 0;
  #underWay: Promise<void> | undefined;
  #lostRecords = 0;
  /** Those lost since it last kept up. */
  #newlyLost = 0;

  constructor(sink: ExchangeSink, options: RecordSinksOptions) {
    this.sink = sink;
    this.#options = options;
  }

  readonly #onError = (thrown: unknown): void => this.#options.onError(this.sink, asWafError(thrown));

  get lostRecords(): number {
    return this.#lostRecords;
  }

  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** Settles when all waiting records have been taken. */
  get idle(): Promise<void> {
    return this.#underWay ?? Promise.resolve();
  }

  opened(opened: OpenedExchange): void {
    try {
      this.sink.onOpen?.(opened);
    } catch (thrown) {
      this.#onError(thrown);
    }
  }

  put(record: TransactionRecord): void {
    if (this.#underWay === undefined) {
      const taken = this.#give(record);
      if (taken !== undefined) this.#underWay = this.#goOn(taken);
      return;
    }
    const { recordQueueLengthMax, recordQueueBytesMax } = this.#options.limits;
    const bytes = recordBytes(record);
    if (this.#waiting.length < recordQueueLengthMax && this.#waitingBytes + bytes <= recordQueueBytesMax) {
      this.#waiting.push({ record, bytes });
      this.#waitingBytes += bytes;
      return;
    }
    this.#lostRecords += 1;
    this.#newlyLost += 1;
    if (this.#newlyLost === 1) this.#options.onLoss(this.sink);
  }

  /** Undefined when the sink has taken it at once. Never rejects. */
  #give(record: TransactionRecord): Promise<void> | undefined {
    try {
      const taken = this.sink.onRecord(record);
      return taken instanceof Promise ? taken.catch(this.#onError) : undefined;
    } catch (thrown) {
      this.#onError(thrown);
      return undefined;
    }
  }

  async #goOn(taken: Promise<void>): Promise<void> {
    await taken;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      await this.#give(next.record);
      this.#waitingBytes -= next.bytes;
    }
    this.#underWay = undefined;
    if (this.#newlyLost > 0) this.#options.onRecovery(this.sink, this.#newlyLost);
    this.#newlyLost = 0;
  }
}

/** Passes each record to every sink, once. */
export class RecordSinks {
  readonly #queues: readonly SinkQueue[];

  constructor(sinks: readonly ExchangeSink[], options: RecordSinksOptions) {
    this.#queues = sinks.map((sink) => new SinkQueue(sink, options));
  }

  /** Records that a sink did not get because too many waited for it, by its name. */
  get lostRecords(): ReadonlyMap<string, number> {
    return new Map(this.#queues.map(({ sink, lostRecords }) => [sink.name, lostRecords]));
  }

  /** About how many bytes of records wait for each sink, by its name. */
  get waitingBytes(): ReadonlyMap<string, number> {
    return new Map(this.#queues.map(({ sink, waitingBytes }) => [sink.name, waitingBytes]));
  }

  /** An exchange began. */
  opened(opened: OpenedExchange): void {
    for (const queue of this.#queues) queue.opened(opened);
  }

  /** An exchange is over; called after its last answer. */
  put(record: TransactionRecord): void {
    for (const queue of this.#queues) queue.put(record);
  }

  /**
   * Settles when every sink has taken what waits for it now, after `withinMs` at the latest: one that hangs must not keep a
   * server from stopping.
   */
  async drained(withinMs: number): Promise<void> {
    const late = new AbortController();
    const idle = Promise.all(this.#queues.map((queue) => queue.idle)).finally(() => late.abort());
    await Promise.race([idle, sleep(withinMs, undefined, { signal: late.signal }).catch(() => undefined)]);
  }
}
