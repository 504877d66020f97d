import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MessageReader } from '../../src/ext-proc/message-reader.ts';
import { chunkOf, encodeRequest, requestHeaders, responseHeaders, trailersOf } from '../support/ext-proc.ts';

describe('MessageReader', () => {
  it('remembers what only the first message says', () => {
    const reader = new MessageReader();
    reader.read(encodeRequest(requestHeaders({ accept: 'application/json' }), 'full-duplex'));
    const event = reader.read(encodeRequest(chunkOf('request', 'abc')));
    assert.ok(event?.kind === 'chunk');
    assert.equal(event.ticket.kind, 'echo');
    assert.equal(reader.accept, 'application/json');
    assert.equal(reader.modes?.deliveries.request.holdsHead, true);
  });

  it('gives the response the protocol of the request', () => {
    const reader = new MessageReader();
    reader.read(encodeRequest(requestHeaders(), 'streamed'));
    const event = reader.read(encodeRequest(responseHeaders()));
    assert.ok(event?.kind === 'response-head');
    assert.deepEqual([event.head.status, event.head.protocol], [200, 'HTTP/2']);
  });

  it('does not copy chunks', () => {
    const bytes = encodeRequest(chunkOf('response', 'abcdef', true));
    const event = new MessageReader().read(bytes);
    assert.ok(event?.kind === 'chunk');
    assert.equal(event.chunk.buffer, bytes.buffer);
    assert.deepEqual([event.direction, event.endOfStream], ['response', true]);
  });

  it('tells the directions of trailers apart', () => {
    for (const direction of ['request', 'response'] as const) {
      const event = new MessageReader().read(encodeRequest(trailersOf(direction, { a: 'b' })));
      assert.ok(event?.kind === 'trailers');
      assert.deepEqual([event.direction, event.trailers], [direction, [{ name: 'a', value: 'b' }]]);
    }
  });

  it('finds nothing in a message without a known kind', () => {
    const reader = new MessageReader();
    assert.equal(reader.read(encodeRequest(undefined)), undefined);
    assert.equal(reader.modes, undefined);
  });

  it('notices that the proxy only shows the traffic', () => {
    const reader = new MessageReader();
    reader.read(encodeRequest(requestHeaders(), 'streamed', true));
    assert.equal(reader.isObserved, true);
  });
});
