import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { limits } from '../../src/base/limits.ts';
import { BodyReader } from '../../src/body/body-reader.ts';
import { EventLog, everyCut } from '../support/event-log.ts';

const form = 'application/x-www-form-urlencoded';
const multipart = 'multipart/form-data; boundary=b';
const attack = "1' union select";
const pair = '&q=1%27+union+select&z=';
const part = `\r\n--b\r\nContent-Disposition: form-data; name="q"\r\n\r\n${attack}\r\n--b--\r\n`;

/** Values of all fields, and the failures. */
function read(coding: string, type: string, chunks: readonly Uint8Array[]): { values: string[]; failures: string[] } {
  const logs = [new EventLog()];
  const failures: string[] = [];
  const reader = new BodyReader({
    headers: [
      { name: 'content-type', value: type },
      { name: 'content-encoding', value: coding },
    ],
    sink: logs[0] as EventLog,
    openReading: () => {
      const log = new EventLog();
      logs.push(log);
      return log;
    },
    body: { write() {}, end() {}, heldBytes: 0 },
    onFailure: ({ message }) => failures.push(message),
    onUndecoded: () => {},
    limits,
  });
  for (const chunk of chunks) reader.write(chunk);
  reader.end();
  assert.ok(logs.slice(1).every((log) => log.facts.size === 0));
  return { values: logs.flatMap((log) => log.fields.map(({ value }) => value)), failures };
}

/** A member of gzip with a file name, a comment or an extra field (RFC 1952 §2.3). */
function member(
  text: string,
  kept: { readonly extra?: string; readonly name?: string; readonly comment?: string } = {},
): Buffer {
  const plain = gzipSync(text);
  const { extra, name, comment } = kept;
  const flags = (extra === undefined ? 0 : 4) | (name === undefined ? 0 : 8) | (comment === undefined ? 0 : 16);
  const length = Buffer.alloc(2);
  length.writeUInt16LE(extra?.length ?? 0);
  return Buffer.concat([
    plain.subarray(0, 3),
    Buffer.of(flags),
    plain.subarray(4, 10),
    ...(extra === undefined ? [] : [length, Buffer.from(extra, 'latin1')]),
    ...[name, comment].map((text) => Buffer.from(text === undefined ? '' : `${text}\0`, 'latin1')),
    plain.subarray(10),
  ]);
}

/** Brotli with metadata before `text`, neither of them compressed (RFC 7932 §9.2). */
function brotli(text: string, metadata: string): Buffer {
  const bits = (...fields: readonly (readonly [value: number, width: number])[]): Buffer => {
    const digits = fields.map(([value, width]) => value.toString(2).padStart(width, '0').split('').reverse().join(''));
    const all = digits.join('').padEnd(Math.ceil(digits.join('').length / 8) * 8, '0');
    const bytes = all.match(/.{8}/g) ?? [];
    return Buffer.from(bytes.map((one) => Number.parseInt(one.split('').reverse().join(''), 2)));
  };
  return Buffer.concat([
    // Window of 2^16, not last, metadata, one byte of length.
    bits([0, 1], [0, 1], [3, 2], [0, 1], [1, 2], [metadata.length - 1, 8]),
    Buffer.from(metadata),
    // Not last, four nibbles of length, not compressed.
    bits([0, 1], [0, 2], [text.length - 1, 16], [1, 1]),
    Buffer.from(text),
    Buffer.of(3),
  ]);
}

/** A skippable frame of zstd (RFC 8878 §3.1.2). */
function skippable(text: string): Buffer {
  const head = Buffer.from('502a4d1800000000', 'hex');
  head.writeUInt32LE(text.length, 4);
  return Buffer.concat([head, Buffer.from(text)]);
}

const gzips: readonly (readonly [why: string, make: (kept: string) => Buffer])[] = [
  ['the comment of gzip', (comment) => member('a=1', { comment })],
  ['the file name of gzip', (name) => member('a=1', { name })],
  ['the extra field of gzip', (extra) => member('a=1', { extra })],
  ['the head of a later member', (comment) => Buffer.concat([member('a=1'), member('', { comment })])],
];

describe('a coded body, read as it was sent', () => {
  for (const [why, make] of gzips) {
    for (const [type, kept] of [
      [form, pair],
      [multipart, part],
    ] as const) {
      it(`shows what is in ${why}: ${type}`, () => {
        for (const { name, chunks } of everyCut(make(kept))) {
          assert.ok(read('gzip', type, chunks).values.includes(attack), name);
        }
      });
    }
  }

  it('shows metadata of br, frames of zstd that are skipped, and deflate', () => {
    for (const [coding, body] of [
      ['br', brotli('a=1', pair)],
      ['zstd', Buffer.concat([skippable(pair), zstdCompressSync('a=1')])],
      ['deflate', deflateRawSync(pair, { level: 0 })],
      ['gzip, br', brotli(gzipSync('a=1').toString('latin1').slice(0, 3), pair)],
      ['aws-chunked', Buffer.from(`3;${pair}\r\na=1\r\n0\r\n\r\n`)],
    ] as const) {
      assert.ok(read(coding, form, [body]).values.includes(attack), coding);
    }
  });

  it('reads JSON that stands first', () => {
    const json = '{"q":"\\u0031\' union select"}';
    assert.ok(read('gzip', 'application/json', [Buffer.from(json)]).values.includes(attack));
    assert.deepEqual(read('gzip', 'application/json', [gzipSync(json)]), { values: [attack], failures: [] });
  });

  it('reports runs of text alone', () => {
    const body = Buffer.concat([
      member('a=1', { comment: '&b=\x80eight by\xfftes&c=short&d=\xffshort&long nam\xffe=' }),
      member('', { extra: 'x\0y' }),
    ]);
    const { values, failures } = read('gzip', form, [body]);
    assert.deepEqual(values, ['1', 'eight by', 'short', 'long nam']);
    assert.deepEqual(failures, []);
    assert.deepEqual(read('gzip', 'text/plain', [gzipSync('hello')]).values, []);
  });
});
