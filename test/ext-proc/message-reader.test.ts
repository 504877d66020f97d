import { describe, expect, it } from 'vitest';
import { MessageReader } from '../../src/ext-proc/message-reader.ts';
import { chunkOf, encodeRequest, requestHeaders, responseHeaders, trailersOf } from '../support/ext-proc.ts';
import { expectToBe } from '../support/narrow.ts';

describe('MessageReader', () => {
  it('remembers what only the first message contains', () => {
    const reader = new MessageReader();
    reader.read(encodeRequest(requestHeaders({ accept: 'application/json' }), 'full-duplex'));
    const event = reader.read(encodeRequest(chunkOf('request', 'abc')));
    expectToBe(event?.kind, 'chunk');
    expect(reader.replies.takeAll().map(({ kind }) => kind)).toStrictEqual(['bytes', 'echo']);
    expect(reader.accept).toBe('application/json');
    expect(reader.modes?.deliveries.request.holdsHead).toBe(true);
  });

  it('gives the response the protocol of the request', () => {
    const reader = new MessageReader();
    reader.read(encodeRequest(requestHeaders(), 'streamed'));
    const event = reader.read(encodeRequest(responseHeaders()));
    expectToBe(event?.kind, 'response-head');
    expect([event.head.status, event.head.protocol]).toStrictEqual([200, 'HTTP/2']);
  });

  it('does not copy chunks', () => {
    const bytes = encodeRequest(chunkOf('response', 'abcdef', true));
    const event = new MessageReader().read(bytes);
    expectToBe(event?.kind, 'chunk');
    expect(event.chunk.buffer).toBe(bytes.buffer);
    expect([event.direction, event.endOfStream]).toStrictEqual(['response', true]);
  });

  it('distinguishes the directions of trailers', () => {
    for (const direction of ['request', 'response'] as const) {
      const event = new MessageReader().read(encodeRequest(trailersOf(direction, { a: 'b' })));
      expectToBe(event?.kind, 'trailers');
      expect([event.direction, event.trailers]).toStrictEqual([direction, [{ name: 'a', value: 'b' }]]);
    }
  });

  it('finds nothing in a message without a known kind', () => {
    const reader = new MessageReader();
    expect(reader.read(encodeRequest(undefined))).toBe(undefined);
    expect(reader.modes).toBe(undefined);
  });

  it('notices that the proxy only mirrors the traffic', () => {
    const reader = new MessageReader();
    reader.read(encodeRequest(requestHeaders(), 'streamed', true));
    expect(reader.isObserved).toBe(true);
  });
});
