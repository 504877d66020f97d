// Messages of Envoy on one stream: each has two bytes of length (big-endian) before it.

import { WafError } from '../../../src/base/errors.ts';
import { MessageReader } from '../../../src/ext-proc/message-reader.ts';
import type { HeaderList } from '../../../src/http/headers.ts';
import { chunkOf, encodeRequest, requestHeaders, responseHeaders, trailersOf } from '../../support/ext-proc.ts';
import { assertHolds, type FuzzTarget } from '../target.ts';

const messages: readonly Uint8Array[] = [
  encodeRequest(requestHeaders({ accept: '*/*' }), 'streamed'),
  encodeRequest(chunkOf('request', 'a=b')),
  encodeRequest(chunkOf('request', '', true)),
  encodeRequest(trailersOf('request', { x: 'y' })),
  encodeRequest(responseHeaders(), 'full-duplex'),
  encodeRequest(chunkOf('response', 'text', true)),
  encodeRequest(trailersOf('response')),
  encodeRequest(undefined, 'buffered', true),
];

/** The fuzz target. */
export const target: FuzzTarget = {
  inputBytesMax: 4_000,
  words: [
    ':path',
    ':method',
    ':authority',
    'CONNECT',
    'host',
    'x-envoy-original-path',
    'source.address',
    '[::1]:80',
    '\x1a\x01a',
  ],
  seeds: () => [...messages.map((one) => joined([one])), joined(messages)],
  branchesMax: (bytes) => 40_000 + 4_000 * bytes,
  run: (input) => {
    const first = readAll(input);
    assertHolds(first === readAll(input), 'a stream is read in two ways');
  },
};

function joined(encoded: readonly Uint8Array[]): Buffer {
  return Buffer.concat(encoded.flatMap((one) => [Buffer.from([one.length >> 8, one.length & 0xff]), one]));
}

/** Everything in the messages, as text. */
function readAll(input: Uint8Array): string {
  const reader = new MessageReader();
  const told: string[] = [];
  for (let offset = 0; offset + 2 <= input.length; ) {
    const length = (input[offset] as number) * 256 + (input[offset + 1] as number);
    const bytes = Uint8Array.from(input.subarray(offset + 2, offset + 2 + length));
    offset += 2 + length;
    told.push(readOne(reader, bytes));
  }
  return told.join('\n');
}

function readOne(reader: MessageReader, bytes: Uint8Array): string {
  let event: ReturnType<MessageReader['read']>;
  try {
    event = reader.read(bytes);
  } catch (thrown) {
    if (thrown instanceof WafError && thrown.code === 'protocol.malformed') return thrown.message;
    throw thrown;
  }
  if (event === undefined) return 'nothing';
  if (event.kind === 'chunk') {
    assertHolds(event.chunk.length <= bytes.length, 'a chunk is longer than its message');
    const isView = event.chunk.buffer === bytes.buffer;
    assertHolds(event.chunk.length === 0 || isView, 'a chunk is a copy of what came');
  }
  if (event.kind === 'request-head' || event.kind === 'response-head') checkHeaders(event.head.headers);
  if (event.kind === 'trailers') checkHeaders(event.trailers);
  return JSON.stringify(event, (_, value: unknown) => (value instanceof Uint8Array ? [...value] : value));
}

function checkHeaders(headers: HeaderList): void {
  for (const { name, value } of headers) assertHolds(/^[\0-\xff]*$/.test(name + value), `no byte string: ${name}`);
}
