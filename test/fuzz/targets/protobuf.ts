// Messages of Protocol Buffers. Settings: 1 small limits.

import type { Decoder } from '../../../src/body/decoder.ts';
import { ProtobufReader } from '../../../src/body/protobuf.ts';
import type { FieldSink } from '../../../src/http/field.ts';
import { cutAt, EventLog } from '../../support/event-log.ts';
import { lengthField, numberField } from '../../support/protobuf.ts';
import { assertHolds, assertSame, cutsOf, type FuzzTarget, singleBytes, splitSettings } from '../target.ts';

const nested = lengthField(1, lengthField(2, lengthField(3, 'deep')));

/** The fuzz target. */
export const target: FuzzTarget = {
  inputBytesMax: 4_000,
  words: ['\x0a\x04text', '\x08\x01', '\x13', '\x14', '\x0d1234', '\x0912345678', '\xff\xff\xff\xff\x0f', '\xc3\xa9'],
  seeds: () => [
    Buffer.concat([Buffer.from('@'), lengthField(1, 'text'), numberField(2, 300)]),
    Buffer.concat([Buffer.from('A'), nested, lengthField(9, 'x'.repeat(40))]),
  ],
  branchesMax: (bytes) => 40_000 + 4_000 * bytes,
  run: (input) => {
    const { settings, rest } = splitSettings(input);
    const isSmall = (settings & 1) !== 0;
    const options = { fieldCollectBytesMax: isSmall ? 24 : 65_536, protobufDepthMax: isSmall ? 3 : 32 };
    const open = (sink: FieldSink): Decoder & { readonly ends: boolean[] } => {
      const reader = new ProtobufReader(sink, 'm', options);
      const ends: boolean[] = [];
      return { ends, write: (chunk) => reader.write(chunk), end: () => ends.push(reader.end()), heldBytes: 0 };
    };
    const read = (chunks: readonly Uint8Array[]): string[] => {
      const log = new EventLog();
      const reader = open(log);
      // Twice: after a message the reader is ready for the next one.
      for (let round = 0; round < 2; round += 1) {
        for (const chunk of chunks) reader.write(chunk);
        reader.end();
        assertHolds(!log.isOpen, 'a field was left open');
      }
      assertHolds(reader.ends[0] === reader.ends[1], 'the second reading of a message differs');
      const half = log.fields.length / 2;
      assertSame(
        log.fields.slice(half).map((field) => JSON.stringify(field)),
        log.fields.slice(0, half).map((field) => JSON.stringify(field)),
        'the second reading of a message',
      );
      return [...log.lines(), String(reader.ends)];
    };
    const whole = read([rest]);
    assertHolds(whole.length <= 80 * (rest.length + 1), `${whole.length} fields of ${rest.length} bytes`);
    assertSame(read(cutAt(rest, cutsOf(rest))), whole, `a cut at ${cutsOf(rest).join(', ')}`);
    assertSame(read(cutAt(rest, singleBytes(rest))), whole, 'a cut into single bytes');
  },
};
