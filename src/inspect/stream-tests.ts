// Tests in TypeScript that follow a value as it arrives, for values longer than their kept part. What they find is a hit
// immediately; they keep no more of the value than they declare. Knows no operator.

import type { FieldTest } from '../plan/plan.ts';
import type { ValueStream } from '../plan/value-operator.ts';
import type { FieldRecord } from './field-record.ts';
import type { HitTable } from './hit-table.ts';

/** Whether a test can follow a value. */
export function followsValue({ openStream }: FieldTest): boolean {
  return openStream !== undefined;
}

interface Follower {
  readonly test: FieldTest;
  readonly stream: ValueStream;
}

/** The tests of a class that can follow values, for one field. */
export class StreamTests {
  readonly #record: FieldRecord;
  readonly #hits: HitTable;
  #open: readonly Follower[];
  #fedBytes = 0;

  constructor(tests: readonly FieldTest[], record: FieldRecord, hits: HitTable) {
    this.#record = record;
    this.#hits = hits;
    this.#open = tests.flatMap((test) => (test.openStream === undefined ? [] : [{ test, stream: test.openStream() }]));
  }

  /** Bytes given so far. */
  get fedBytes(): number {
    return this.#fedBytes;
  }

  /** Takes bytes; borrowed. With `flush` every match that the bytes so far decide is known. Returns true if there is a new hit. */
  write(bytes: Uint8Array, flush: boolean): boolean {
    this.#fedBytes += bytes.length;
    return this.#take((stream) => stream.write(bytes) || (flush && stream.flush()));
  }

  /** The value is complete. Returns true if there is a new hit. */
  end(): boolean {
    return this.#take((stream) => stream.end());
  }

  #take(ask: (stream: ValueStream) => boolean): boolean {
    const found = this.#open.filter(({ stream }) => ask(stream));
    if (found.length === 0) return false;
    for (const { test } of found) this.#hits.add(test.pattern, { field: this.#record, to: 0, tail: undefined });
    this.#open = this.#open.filter((one) => !found.includes(one));
    return true;
  }
}
