// The ext_proc service under a plan, one stream at a time: any messages in any order, each with two bytes of length
// (big-endian) before it. Settings: 1 the stream is cancelled, else Envoy closes its side.

import {
  attackPlan,
  chunkOf,
  encodeRequest,
  modes,
  requestHeaders,
  responseHeaders,
  ScriptedStream,
  serviceOf,
  trailersOf,
} from '../../support/ext-proc.ts';
import { assertHolds, type FuzzTarget, splitSettings } from '../target.ts';

const service = serviceOf(await attackPlan());

const inOrder = [
  requestHeaders({ 'content-type': 'application/x-www-form-urlencoded' }),
  chunkOf('request', 'a=b&c=att'),
  chunkOf('request', 'ack', true),
  responseHeaders(),
  chunkOf('response', 'text le'),
  chunkOf('response', 'ak', true),
];

/** The fuzz target. */
export const target: FuzzTarget = {
  inputBytesMax: 4_000,
  words: [
    'attack',
    'leak',
    'early-attack',
    ':path',
    ':status',
    'x-weir-original-referer',
    'content-encoding',
    'gzip',
    '\x22\0',
    '\x2a\0',
  ],
  seeds: () => [
    ...modes.map((mode) =>
      withLengths(inOrder.map((request, index) => encodeRequest(request, index === 0 ? mode : 'unstated'))),
    ),
    withLengths([encodeRequest(requestHeaders({ ':path': '/early-attack' }, true), 'streamed')]),
    withLengths([
      encodeRequest(requestHeaders(), 'full-duplex'),
      encodeRequest(chunkOf('request', 'a')),
      encodeRequest(trailersOf('request', { x: 'attack' })),
    ]),
    withLengths([encodeRequest(undefined, 'buffered', true)]),
  ],
  branchesMax: (bytes) => 400_000 + 20_000 * bytes,
  run: async (input) => {
    const { settings, rest } = splitSettings(input);
    service.records.length = 0;
    const stream = new ScriptedStream(service.open, 'unstated');
    for (let offset = 0; offset + 2 <= rest.length; ) {
      const length = (rest[offset] as number) * 256 + (rest[offset + 1] as number);
      await stream.sendBytes(Uint8Array.from(rest.subarray(offset + 2, offset + 2 + length)));
      offset += 2 + length;
    }
    if ((settings & 1) === 0) await stream.halfClose();
    stream.close((settings & 1) !== 0);
    const { failures, endCount, replies } = stream;
    assertHolds(!failures.includes('internal'), 'the service broke');
    assertHolds(endCount + failures.length <= 1, `a stream ends ${endCount} times and fails with ${failures.join()}`);
    const blocks = replies.filter(({ response }) => response?.$case === 'immediateResponse').length;
    assertHolds(blocks <= 1, 'a request is answered twice');
    assertHolds(service.records.length <= 1, `one exchange has ${service.records.length} records`);
  },
};

function withLengths(messages: readonly Uint8Array[]): Buffer {
  const parts = messages.flatMap((one) => [Buffer.from([one.length >> 8, one.length & 0xff]), one]);
  return Buffer.concat([Buffer.from('@'), ...parts]);
}
