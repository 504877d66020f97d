// Both transports with the same bytes on a connection: their handlers must get the same events. The input is read as steps:
// a stream is opened, gets DATA, is reset; a ping; a pause, before which everything is sent.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { limits } from '../../../src/base/limits.ts';
import type { OpenStream } from '../../../src/ext-proc/transport.ts';
import { processPath } from '../../support/grpc-serving.ts';
import { frame, framesOf, frameTypes, headerBlock, preface } from '../../support/http2-frames.ts';
import { transports } from '../../support/transports.ts';
import { assertHolds, type FuzzTarget } from '../target.ts';

const endStream = 1;
const endHeaders = 4;
const streamsMax = 4;

/** Turns of the event loop after the last reply, in which handlers get what arrived before it. */
const turnsAfter = 10;

/** The events that the handlers of one run get, by stream in the order of their opening. */
interface Told {
  readonly streams: string[][];
  open: number;
}

let told: Told = { streams: [], open: 0 };

const open: OpenStream = (replies, metadata) => {
  const run = told;
  const lines = [`open ${metadata.get('x-kind')}`];
  run.streams.push(lines);
  run.open += 1;
  return {
    message: (bytes) => {
      lines.push(`message ${Buffer.from(bytes).toString('latin1')}`);
      replies.reply(bytes);
    },
    halfClose: () => {
      lines.push('half-close');
      replies.end();
    },
    close: () => {
      run.open -= 1;
    },
  };
};

/** Large enough that many runs do not count as a flood. */
const bounds = { ...limits, receiveMessageBytesMax: 1_000, emptyStreamBurst: 1_000_000 };

const servers = await Promise.all(
  transports.map(async ({ name, create }) => {
    const transport = create(open, bounds);
    return { name, transport, port: Number((await transport.listen('127.0.0.1:0')).split(':')[1]) };
  }),
);

const usual = { ':method': 'POST', ':scheme': 'http', ':authority': 'x', 'content-type': 'application/grpc' };
const heads: readonly Readonly<Record<string, string>>[] = [
  { ...usual, ':path': processPath, te: 'trailers' },
  { ...usual, ':path': processPath, 'x-kind': 'named' },
  { ...usual, ':path': '/a.B/C' },
  { ...usual, ':path': processPath, 'grpc-encoding': 'gzip' },
];

/** Bytes to be written at once, and which streams are reset. */
interface Script {
  readonly writes: readonly Buffer[];
  readonly resets: number;
}

/** Reads an input as steps. Steps for streams that are not open are ignored: what HTTP/2 itself forbids is tested by h2spec. */
function scriptOf(input: Uint8Array): Script {
  const writes: Buffer[][] = [[Buffer.from(preface), frame('settings', {}, Buffer.alloc(0))]];
  const add = (one: Buffer): void => void writes.at(-1)?.push(one);
  const openStreams: number[] = [];
  let opened = 0;
  let resets = 0;
  for (let at = 0; at < input.length; ) {
    const step = input[at] ?? 0;
    at += 1;
    const ends = (step & 0x20) !== 0;
    const stream = openStreams[(step >> 3) & 3];
    const close = (): void => void openStreams.splice(openStreams.indexOf(stream ?? 0), 1);
    if ((step & 7) === 0 && opened < streamsMax) {
      const id = 2 * opened + 1;
      opened += 1;
      add(
        frame(
          'headers',
          { stream: id, flags: endHeaders + (ends ? endStream : 0) },
          headerBlock(heads[(step >> 3) & 3] ?? {}),
        ),
      );
      if (!ends) openStreams.push(id);
    } else if ((step & 7) <= 3 && stream !== undefined) {
      const length = input[at] ?? 0;
      add(frame('data', { stream, flags: ends ? endStream : 0 }, Buffer.from(input.subarray(at + 1, at + 1 + length))));
      at += 1 + length;
      if (ends) close();
    } else if ((step & 7) === 4 && stream !== undefined) {
      add(frame('reset', { stream }, Buffer.from([0, 0, 0, 8])));
      resets += 1;
      close();
    } else if ((step & 7) === 5) {
      add(frame('ping', {}, Buffer.alloc(8)));
    } else if ((step & 7) === 6) {
      add(frame('windowUpdate', {}, Buffer.from([0, 0, 0, 100])));
    } else if ((step & 7) === 7) {
      writes.push([]);
    }
  }
  return { writes: writes.map((parts) => Buffer.concat(parts)), resets };
}

const lastPing = Buffer.from('the last');

/** Resolves when the server has replied to the last ping, or the connection is over. */
function answered(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    let bytes = Buffer.alloc(0);
    socket.on('data', (part: Buffer) => {
      bytes = Buffer.concat([bytes, part]);
      if (framesOf(bytes).some(({ type, body }) => type === frameTypes.ping && body.equals(lastPing))) resolve();
    });
    socket.once('close', () => resolve());
  });
}

/** The events that the handlers of a server get, and how many streams it ended with an error. */
async function toldBy({ transport, port }: (typeof servers)[number], { writes }: Script) {
  const run: Told = { streams: [], open: 0 };
  told = run;
  const failures = transport.failures.malformed;
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  const last = answered(socket);
  for (const bytes of writes) {
    await new Promise<void>((resolve) => socket.write(bytes, () => resolve()));
    await turn();
  }
  socket.write(frame('ping', {}, lastPing));
  await last;
  for (let count = 0; count < turnsAfter; count += 1) await turn();
  const streams = run.streams.map((lines) => [...lines]);
  socket.destroy();
  if (!socket.closed) await once(socket, 'close');
  while (run.open > 0) await turn();
  return { streams, failures: transport.failures.malformed - failures };
}

const isBeginning = (short: readonly string[], long: readonly string[]): boolean =>
  short.every((line, index) => line === long[index]);

/** The fuzz target. */
export const target: FuzzTarget = {
  inputBytesMax: 2_000,
  words: [
    '\0',
    '\x20',
    '\x08',
    '\x10',
    '\x18',
    '\x01',
    '\x21',
    '\x07',
    '\x05\0\0\0\0\0',
    '\x08\0\0\0\0\x03abc',
    '\x04',
  ],
  seeds: () =>
    [
      '\0\x21\x08\0\0\0\0\x03abc',
      '\0\x01\x05\0\0\0\0\0\x21\0',
      '\0\x01\x03\0\0\0\x07\x01\x05\0\x02ab!',
      '\0\x21\x06\x07\0\0\0\x01a',
    ].map((text) => Buffer.from(text, 'latin1')),
  branchesMax: (bytes) => 2_000_000 + 20_000 * bytes,
  run: async (input) => {
    const script = scriptOf(input);
    const [one, other] = [
      await toldBy(servers[0] as (typeof servers)[number], script),
      await toldBy(servers[1] as (typeof servers)[number], script),
    ];
    const text = (): string => `${JSON.stringify(one)}\nand ${JSON.stringify(other)}`;
    assertHolds(one.failures === other.failures || script.resets > 0, `errors differ: ${text()}`);
    assertHolds(one.streams.length === other.streams.length, `streams differ: ${text()}`);
    for (const [index, lines] of one.streams.entries()) {
      const others = other.streams[index] ?? [];
      const mayBeShort = script.resets > 0 || one.failures > 0;
      const isSame = isBeginning(lines, others) && isBeginning(others, lines) && lines.length === others.length;
      // grpc-js drops what arrived together with malformed bytes, and what was not read yet of a stream that is reset.
      assertHolds(isSame || (mayBeShort && isBeginning(lines, others)), `stream ${index} differs: ${text()}`);
    }
  },
};
