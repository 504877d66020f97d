import { deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/base/limits.ts';
import { BodyReader } from '../../../src/body/body-reader.ts';
import { bodySinkOf } from '../../support/body-sink.ts';
import { brotli, member, skippable } from '../../support/coded-bodies.ts';
import { EventLog, everyCut } from '../../support/event-log.ts';

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
    sink: bodySinkOf(logs[0] as EventLog, {
      openReading: () => {
        const log = new EventLog();
        logs.push(log);
        return log;
      },
      fail: ({ message }) => failures.push(message),
    }),
    limits,
  });
  for (const chunk of chunks) reader.write(chunk);
  reader.end();
  expect(logs.slice(1).every((log) => log.facts.size === 0)).toBe(true);
  return { values: logs.flatMap((log) => log.fields.map(({ value }) => value)), failures };
}

const gzips: readonly (readonly [why: string, make: (kept: string) => Buffer])[] = [
  ['the comment of gzip', (comment) => member('a=1', { comment })],
  ['the file name of gzip', (name) => member('a=1', { name })],
  ['the extra field of gzip', (extra) => member('a=1', { extra })],
  ['the head of a later member', (comment) => Buffer.concat([member('a=1'), member('', { comment })])],
];

describe('an encoded body, read as it was sent', () => {
  for (const [why, make] of gzips) {
    for (const [type, kept] of [
      [form, pair],
      [multipart, part],
    ] as const) {
      it(`shows what is in ${why}: ${type}`, () => {
        for (const { name, chunks } of everyCut(make(kept))) {
          expect(read('gzip', type, chunks).values.includes(attack), name).toBe(true);
        }
      });
    }
  }

  it('shows metadata of Brotli, skippable frames of zstd, and deflate', () => {
    for (const [coding, body] of [
      ['br', brotli('a=1', pair)],
      ['zstd', Buffer.concat([skippable(pair), zstdCompressSync('a=1')])],
      ['deflate', deflateRawSync(pair, { level: 0 })],
      ['gzip, br', brotli(gzipSync('a=1').toString('latin1').slice(0, 3), pair)],
      ['aws-chunked', Buffer.from(`3;${pair}\r\na=1\r\n0\r\n\r\n`)],
    ] as const) {
      expect(read(coding, form, [body]).values.includes(attack), coding).toBe(true);
    }
  });

  it('reads JSON at the beginning', () => {
    const json = '{"q":"\\u0031\' union select"}';
    expect(read('gzip', 'application/json', [Buffer.from(json)]).values.includes(attack)).toBe(true);
    expect(read('gzip', 'application/json', [gzipSync(json)])).toStrictEqual({ values: [attack], failures: [] });
  });

  it('reports only runs of text', () => {
    const body = Buffer.concat([
      member('a=1', { comment: '&b=\x80eight by\xfftes&c=short&d=\xffshort&long nam\xffe=' }),
      member('', { extra: 'x\0y' }),
    ]);
    const { values, failures } = read('gzip', form, [body]);
    expect(values).toStrictEqual(['1', 'eight by', 'short', 'long nam']);
    expect(failures).toStrictEqual([]);
    expect(read('gzip', 'text/plain', [gzipSync('hello')]).values).toStrictEqual([]);
  });
});
