// Whole bodies: a head of `name: value` lines, an empty line, the body. The line `processor: …` is a rule's choice; the line
// `limits: small` has small limits.

import { limits } from '../../../src/base/limits.ts';
import { BodyReader } from '../../../src/body/body-reader.ts';
import { RawDecoder } from '../../../src/body/raw.ts';
import { firstValue, type Header } from '../../../src/http/headers.ts';
import { readDecoderCases } from '../../support/decoder-cases.ts';
import { cutAt, EventLog, ReadingLogs } from '../../support/event-log.ts';
import { assertHolds, assertSame, cutsOf, type FuzzTarget, singleBytes } from '../target.ts';

const usual = { ...limits, expansionFreeBytes: 32 * 1024, decodedBytesMax: 512 * 1024 };
const small = {
  ...usual,
  fieldNameBytesMax: 16,
  jsonDepthMax: 5,
  xmlDepthMax: 4,
  multipartPartsMax: 3,
  multipartHeaderBytesMax: 200,
  decodeSliceBytesMax: 128,
  decodeBlockBytes: 64,
  sniffBytesMax: 24,
  expansionFreeBytes: 512,
};

/** The fuzz target. */
export const target: FuzzTarget = {
  inputBytesMax: 8_000,
  words: [
    ...['content-type: ', 'content-encoding: ', 'grpc-encoding: ', 'processor: ', 'limits: small\n', '\n\n'],
    ...[
      'application/json',
      'text/xml',
      'multipart/form-data; boundary=b',
      '--b\r\n',
      'application/x-www-form-urlencoded',
    ],
    ...[
      'application/grpc',
      'application/graphql',
      '; charset=utf-16',
      'text/plain',
      'gzip',
      'deflate',
      'br',
      'zstd',
      'none',
    ],
    ...['{"a":"b"}', '<a b="c">d</a>', 'a=b&c=d', '[1]', '\xef\xbb\xbf', 'a\0b\0'],
  ],
  seeds: () =>
    readDecoderCases()
      .filter(({ body }) => body.length < 2_000)
      .map(({ contentTypes, settings, body }) => {
        const processor = settings.get('processor');
        const head = contentTypes.map((type) => `content-type: ${type}\n`).join('');
        return Buffer.concat([
          Buffer.from(`${head}${processor === undefined ? '' : `processor: ${processor}\n`}\n`, 'latin1'),
          body,
        ]);
      }),
  branchesMax: (bytes) => 600_000 + 6_000 * bytes,
  run: (input) => {
    const { headers, body } = splitHead(input);
    const whole = read(headers, [body]);
    const cuts = cutsOf(body);
    assertSame(read(headers, cutAt(body, cuts)), whole, `a cut at ${cuts.join(', ')}`);
    assertSame(read(headers, cutAt(body, singleBytes(body))), whole, 'a cut into single bytes');
    readWithPauses(headers, cutAt(body, cuts));
  },
};

/** The head and the body of an input. */
export function splitHead(input: Uint8Array): { readonly headers: Header[]; readonly body: Uint8Array } {
  const end = Buffer.from(input).indexOf('\n\n');
  const head = input.subarray(0, Math.max(0, end));
  const headers = Buffer.from(head)
    .toString('latin1')
    .split('\n')
    .map((line) => {
      const colon = line.indexOf(': ');
      return colon === -1 ? { name: 'x', value: line } : { name: line.slice(0, colon), value: line.slice(colon + 2) };
    });
  return { headers, body: end === -1 ? input : input.subarray(end + 2) };
}

/** Everything that a reader reports, as lines. */
class Telling {
  readonly logs = new ReadingLogs();
  readonly body = new EventLog();
  readonly failures: string[] = [];
  readonly undecoded = new Map<string, number>();
  readonly reader: BodyReader;

  constructor(headers: readonly Header[]) {
    const isSmall = firstValue(headers, 'limits') === 'small';
    const raw = new RawDecoder(this.body, 'REQUEST_BODY');
    this.reader = new BodyReader({
      headers,
      processor: firstValue(headers, 'processor'),
      sink: {
        fields: this.logs.first,
        openReading: this.logs.openReading,
        writeRaw: (bytes) => raw.write(bytes),
        endRaw: () => raw.end(),
        fail: ({ code, message }) => this.failures.push(`FAILS ${code} ${message}`),
        leaveUndecoded: (why, bytes) => {
          assertHolds(bytes >= 0, `${bytes} bytes were not decoded`);
          this.undecoded.set(why, (this.undecoded.get(why) ?? 0) + bytes);
        },
      },
      limits: isSmall ? small : usual,
    });
  }

  lines(): string[] {
    assertHolds(!(this.logs.isOpen || this.body.isOpen), 'a field was left open');
    const undecoded = [...this.undecoded].map(([why, bytes]) => `UNDECODED ${why} ${bytes}`);
    return [
      ...this.logs.first.lines(),
      ...this.logs.further.flatMap((log, index) => log.lines().map((line) => `FURTHER ${index} ${line}`)),
      ...this.body.lines().map((line) => `BODY ${line}`),
      ...this.failures,
      ...undecoded.toSorted((left, right) => (left < right ? -1 : 1)),
    ];
  }
}

function read(headers: readonly Header[], chunks: readonly Uint8Array[]): string[] {
  const telling = new Telling(headers);
  for (const chunk of chunks) telling.reader.write(chunk);
  telling.reader.end();
  telling.reader.close();
  const hasCoding = headers.some(({ name }) => name === 'content-encoding');
  const hasCharset = headers.some(({ value }) => /charset/i.test(value));
  const given = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const passed = telling.body.fields.reduce((sum, { value }) => sum + value.length, 0);
  assertHolds(hasCoding || hasCharset || passed === given, `${given} bytes came, ${passed} were passed on`);
  const undecoded = [...telling.undecoded.values()].reduce((sum, bytes) => sum + bytes, 0);
  assertHolds(hasCharset || undecoded <= passed, `${passed} bytes were passed on, ${undecoded} of them not decoded`);
  return telling.lines();
}

/** Pauses may change where decoding fails, never whether everything is read; and a reader may be closed at any time. */
function readWithPauses(headers: readonly Header[], chunks: readonly Uint8Array[]): void {
  const telling = new Telling(headers);
  for (const chunk of chunks) {
    telling.reader.write(chunk);
    telling.reader.flush();
  }
  telling.reader.end();
  telling.lines();
  const closed = new Telling(headers);
  for (const chunk of chunks.slice(0, 2)) closed.reader.write(chunk);
  closed.reader.close();
  closed.reader.close();
}
