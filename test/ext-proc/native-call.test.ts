import { status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { type CallWire, NativeCall } from '../../src/ext-proc/native-call.ts';
import type { ReplyStream, StreamHandler } from '../../src/ext-proc/transport.ts';
import { UnfinishedMessage } from '../../src/ext-proc/unfinished-message.ts';
import { FakeClock } from '../support/fake-clock.ts';

/** A call whose wire records its calls; `isFull` is what sending returns. */
function callOf(handler: (replies: ReplyStream) => Partial<StreamHandler>, timeoutMs = 0) {
  const told: unknown[] = [];
  const state = { isFull: false };
  const wire: CallWire = {
    send: (_, message) => {
      told.push(['send', message.length]);
      return state.isFull;
    },
    end: (_, code, details) => void told.push(['end', code, details]),
    pause: () => void told.push('pause'),
    resume: () => void told.push('resume'),
    header: (_, name) => ({ plain: 'a b', high: 'caf\u00e9' })[name],
    failed: (failure) => void told.push(['failed', failure]),
    dropped: (bytes) => void told.push(['dropped', bytes]),
  };
  const call = new NativeCall(wire, 0, new UnfinishedMessage(limits));
  call.begin(
    (replies) => ({
      message() {},
      halfClose() {},
      close: (was) => void told.push(['close', was]),
      ...handler(replies),
    }),
    timeoutMs,
  );
  return { call, told, state };
}

describe('NativeCall', () => {
  it('holds the peer back while its handler is busy, and then passes on what arrived, in order', async () => {
    const seen: number[] = [];
    const gates = [1, 2, 3].map(() => Promise.withResolvers<void>());
    const { call, told } = callOf((replies) => ({
      message: (bytes) => {
        seen.push(bytes[0] as number);
        return gates[seen.length - 1]?.promise;
      },
      halfClose: () => replies.end(),
    }));
    for (const byte of [1, 2, 3]) call.receive(Uint8Array.of(byte));
    call.receive('half-close');
    expect([seen, told]).toStrictEqual([[1], ['pause']]);
    for (const [index, gate] of gates.entries()) {
      gate.resolve();
      await gate.promise;
      await Promise.resolve();
      expect(seen).toStrictEqual([1, 2, 3].slice(0, Math.min(index + 2, 3)));
    }
    expect(told).toStrictEqual(['pause', ['end', status.OK, '']]);
    call.close();
    expect(told.at(-1)).toStrictEqual(['close', false]);
  });

  it('passes on messages in a shared buffer like separate ones', async () => {
    const seen: unknown[] = [];
    const { call } = callOf(() => ({ message: async (bytes) => void seen.push([...bytes]) }));
    const buffer = Uint8Array.of(1, 2, 3, 4);
    call.receiveSlice(buffer, 0, 2);
    call.receive(Uint8Array.of(9));
    call.receiveSlice(buffer, 4, 0);
    call.receiveSlice(buffer, 2, 2);
    await new Promise(setImmediate);
    expect(seen).toStrictEqual([[1, 2], [9], [], [3, 4]]);
  });

  it('releases the memory of a message when it is no longer read, unless others share it', () => {
    const seen: Uint8Array[] = [];
    const { call, told } = callOf((replies) => ({
      message: (bytes) => {
        seen.push(bytes);
        if (bytes[0] !== 9) replies.done(bytes);
      },
    }));
    call.receive(new Uint8Array(1000).fill(1));
    call.receive(new Uint8Array(500).fill(9));
    call.receiveSlice(Uint8Array.of(1, 2, 3, 4), 1, 2);
    call.receiveSlice(new Uint8Array(0), 0, 0);
    expect(seen.map(({ length }) => length)).toStrictEqual([0, 500, 2, 0]);
    call.close();
    expect(told).toStrictEqual([
      ['dropped', 500],
      ['close', true],
    ]);
    for (const bytes of seen) call.done(bytes);
    expect(seen[1]).toHaveLength(500);
  });

  it('requests nothing while its replies are not read', () => {
    const { call, told, state } = callOf((replies) => ({ message: (bytes) => replies.reply(bytes) }));
    state.isFull = true;
    for (const length of [1, 2]) call.receive(new Uint8Array(length));
    expect(told).toStrictEqual([['send', 1], 'pause']);
    state.isFull = false;
    call.writable();
    expect(told).toStrictEqual([['send', 1], 'pause', ['send', 2], 'resume']);
  });

  it('ends with an error, and never with OK, when its handler throws, in any place', async () => {
    const broken = (): never => {
      throw new Error('broken');
    };
    const handlers: readonly ((replies: ReplyStream) => Partial<StreamHandler>)[] = [
      broken,
      () => ({ message: broken }),
      () => ({ message: () => Promise.reject(new Error('broken later')) }),
      () => ({ halfClose: broken }),
    ];
    for (const handler of handlers) {
      const { call, told } = callOf(handler);
      call.receive(Uint8Array.of(1));
      await new Promise(setImmediate);
      call.receive('half-close');
      const ends = told.filter((one) => Array.isArray(one) && one[0] === 'end');
      expect(ends).toStrictEqual([['end', status.INTERNAL, 'internal error']]);
    }
  });

  it('sends nothing after its end, and reports that a stream that is gone was cancelled', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { call, told } = callOf(() => ({ message: () => promise }));
    call.receive(Uint8Array.of(1));
    call.receive(Uint8Array.of(2));
    call.close();
    resolve();
    await promise;
    call.reply(Uint8Array.of(1));
    call.fail('internal', 'late');
    call.writable();
    expect(told).toStrictEqual(['pause', ['dropped', 2], ['close', true]]);
    expect(call.get('plain')).toBe(undefined);
  });

  it('ends at its deadline', (context) => {
    const clock = new FakeClock(context);
    const { told } = callOf(() => ({}), 100);
    clock.advance(99);
    expect(told).toStrictEqual([]);
    clock.advance(1);
    expect(told).toStrictEqual([
      ['failed', 'deadline'],
      ['end', status.DEADLINE_EXCEEDED, 'the deadline of the stream has passed'],
    ]);
  });

  it('knows headers that are text', () => {
    const { call } = callOf(() => ({}));
    expect(['plain', 'high', 'none'].map((name) => call.get(name))).toStrictEqual(['a b', undefined, undefined]);
  });
});
