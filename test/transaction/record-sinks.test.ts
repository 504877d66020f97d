import { describe, expect, it } from 'vitest';
import type { TransactionRecord } from '../../src/transaction/record.ts';
import { recordBytes } from '../../src/transaction/record-bytes.ts';
import { type ExchangeSink, type OpenedExchange, RecordSinks } from '../../src/transaction/record-sinks.ts';
import { recordWith } from '../support/record.ts';
import { headOf } from '../support/shadow.ts';

const records = Array.from({ length: 6 }, (_, index) => recordWith({ requestBytes: index }));

/** A sink that is ready for the next record when `release` is called. */
class SlowSink implements ExchangeSink {
  readonly name = 'the store';
  readonly taken: number[] = [];
  #ready = Promise.withResolvers<void>();

  onRecord({ requestBytes }: TransactionRecord): Promise<void> {
    this.taken.push(requestBytes);
    return this.#ready.promise;
  }

  release(): void {
    this.#ready.resolve();
  }
}

function sinksOf(sinks: readonly ExchangeSink[], recordQueueLengthMax = 2, recordQueueBytesMax = 1e6) {
  const told: string[] = [];
  const fan = new RecordSinks(sinks, {
    limits: { recordQueueLengthMax, recordQueueBytesMax },
    onError: ({ name }, { message }) => told.push(`${name}: ${message}`),
    onLoss: ({ name }) => told.push(`${name} loses`),
    onRecovery: ({ name }, lost) => told.push(`${name} lost ${lost}`),
  });
  return { fan, told };
}

describe('RecordSinks', () => {
  it('gives each record to each sink once, in order', () => {
    const seen: string[] = [];
    const sinkOf = (name: string): ExchangeSink => ({
      name,
      onRecord: ({ requestBytes }) => {
        seen.push(`${name}${requestBytes}`);
      },
    });
    const { fan } = sinksOf([sinkOf('a'), sinkOf('b')]);
    for (const record of records.slice(0, 2)) fan.put(record);
    expect(seen).toStrictEqual(['a0', 'b0', 'a1', 'b1']);
  });

  it('also limits waiting records in bytes', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const slow: ExchangeSink = { name: 'slow', onRecord: () => promise };
    const { fan } = sinksOf([slow], 100, 25_000);
    const large = recordWith({ request: headOf('GET', `/${'x'.repeat(9_000)}`) });
    for (let count = 0; count < 5; count += 1) fan.put(large);
    // One is being written; two of the others fit.
    expect(fan.lostRecords.get('slow')).toBe(2);
    expect(fan.waitingBytes.get('slow')).toBe(2 * recordBytes(large));
    resolve();
    await fan.drained(1_000);
    expect(fan.waitingBytes.get('slow')).toBe(0);
  });

  it('notifies subscribers that an exchange has begun', () => {
    const seen: OpenedExchange[] = [];
    const listening: ExchangeSink = {
      name: 'a',
      onOpen: (opened) => seen.push(opened),
      onRecord: () => undefined,
    };
    const { fan } = sinksOf([{ name: 'b', onRecord: () => undefined }, listening]);
    fan.opened({ head: undefined, profile: 'default', generation: 4 });
    expect(seen).toStrictEqual([{ head: undefined, profile: 'default', generation: 4 }]);
  });

  it('waits for no sink: one that does not keep up loses its own records, which is counted and logged once', async () => {
    const slow = new SlowSink();
    const quick: number[] = [];
    const { fan, told } = sinksOf([
      slow,
      {
        name: 'the log',
        onRecord: ({ requestBytes }) => {
          quick.push(requestBytes);
        },
      },
    ]);
    for (const record of records) fan.put(record);
    expect(quick).toStrictEqual([0, 1, 2, 3, 4, 5]);
    expect(slow.taken, 'it has one, two wait').toStrictEqual([0]);
    expect([...fan.lostRecords]).toStrictEqual([
      ['the store', 3],
      ['the log', 0],
    ]);
    expect(told).toStrictEqual(['the store loses']);
    slow.release();
    await fan.drained(60_000);
    expect(slow.taken).toStrictEqual([0, 1, 2]);
    expect(told).toStrictEqual(['the store loses', 'the store lost 3']);
    fan.put(records[5] as TransactionRecord);
    expect(slow.taken, 'it keeps up again').toStrictEqual([0, 1, 2, 5]);
  });

  it('waits for no sink that hangs', async () => {
    const { fan } = sinksOf([{ name: 'hung', onRecord: () => new Promise(() => {}) }]);
    fan.put(records[0] as TransactionRecord);
    await fan.drained(1);
  });

  it('continues when a sink throws or rejects, and reports it', async () => {
    const seen: number[] = [];
    const { fan, told } = sinksOf([
      {
        name: 'thrower',
        onOpen: () => {
          throw new Error('not open');
        },
        onRecord: () => {
          throw new Error('full');
        },
      },
      { name: 'rejecter', onRecord: () => Promise.reject(new Error('gone')) },
      {
        name: 'good',
        onRecord: ({ requestBytes }) => {
          seen.push(requestBytes);
        },
      },
    ]);
    fan.opened({ head: undefined, profile: '', generation: 0 });
    for (const record of records.slice(0, 2)) fan.put(record);
    await fan.drained(60_000);
    expect(seen).toStrictEqual([0, 1]);
    for (const [sentence, times] of [
      ['thrower: not open', 1],
      ['thrower: full', 2],
      ['rejecter: gone', 2],
    ] as const) {
      expect(told.filter((one) => one === sentence).length, sentence).toBe(times);
    }
  });
});
