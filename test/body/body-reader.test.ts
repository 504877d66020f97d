import { createHash } from 'node:crypto';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { BodyReader } from '../../src/body/body-reader.ts';
import { bodySinkOf } from '../support/body-sink.ts';
import { EventLog, everyCut, ReadingLogs } from '../support/event-log.ts';

interface Read {
  readonly fields: string[];
  readonly body: string;
  readonly failures: string[];
  /** Why → bytes; absent when everything was decoded. */
  readonly undecoded?: Readonly<Record<string, number>>;
}

/** Hexadecimal digits without a pattern, the same in every run: where a decompressor detects damage depends on the bytes. */
function hexText(length: number): string {
  let text = '';
  while (text.length < length) text += createHash('sha256').update(text.slice(-64)).digest('hex');
  return text.slice(0, length);
}

function readOnce(chunks: readonly Uint8Array[], head: Readonly<Record<string, string>>, processor?: string): Read {
  const logs = new ReadingLogs();
  const parts: Buffer[] = [];
  const failures: string[] = [];
  const undecoded: Record<string, number> = {};
  let ends = 0;
  const reader = new BodyReader({
    headers: Object.entries(head).map(([name, value]) => ({ name, value })),
    processor,
    sink: bodySinkOf(logs.first, {
      openReading: logs.openReading,
      writeRaw: (bytes) => parts.push(Buffer.from(bytes)),
      endRaw: () => {
        ends += 1;
      },
      fail: ({ code }) => failures.push(code),
      leaveUndecoded: (why, bytes) => {
        undecoded[why] = (undecoded[why] ?? 0) + bytes;
      },
    }),
    limits,
  });
  for (const chunk of chunks) reader.write(chunk);
  reader.end();
  expect(ends).toBe(1);
  expect(logs.isOpen).toBeFalsy();
  const further = logs.further.flatMap((log) => log.lines().map((line) => `further: ${line}`));
  const fields = [...logs.first.lines(), ...further].filter((line) => !line.startsWith('FACT REQBODY_ERROR_MSG'));
  const found = { fields, body: Buffer.concat(parts).toString('latin1'), failures };
  return Object.keys(undecoded).length === 0 ? found : { ...found, undecoded };
}

function read(bytes: Uint8Array, head: Readonly<Record<string, string>>, processor?: string): Read {
  const whole = readOnce([bytes], head, processor);
  for (const { name, chunks } of everyCut(bytes)) expect(readOnce(chunks, head, processor), name).toStrictEqual(whole);
  return whole;
}

const form = 'application/x-www-form-urlencoded';

describe('BodyReader', () => {
  it('gives fields and body of a plain request', () => {
    expect(read(Buffer.from('a=%3Cx'), { 'content-type': form })).toStrictEqual({
      fields: ['ARGS_POST a = <x'],
      body: 'a=%3Cx',
      failures: [],
    });
  });

  it('decodes content encodings for both', () => {
    const coded = brotliCompressSync(gzipSync(Buffer.from('{"a":"<x"}')));
    expect(read(coded, { 'content-type': 'application/json', 'content-encoding': 'gzip, br' })).toStrictEqual({
      fields: ['ARGS_POST json.a = <x'],
      body: '{"a":"<x"}',
      failures: [],
    });
  });

  it('continues with the body after a decoder failed, and reports that once', () => {
    expect(read(Buffer.from('{"a":1,x attack'), { 'content-type': 'application/json' })).toStrictEqual({
      fields: ['ARGS_POST json.a = 1', 'FACT REQBODY_ERROR = 1'],
      body: '{"a":1,x attack',
      failures: ['body.malformed'],
      undecoded: { format: 15 },
    });
  });

  it('reports a broken content encoding', () => {
    const whole = gzipSync(Buffer.from('a=1'));
    const cut = readOnce([whole.subarray(0, -4)], { 'content-type': form, 'content-encoding': 'gzip' });
    expect(cut.failures).toStrictEqual(['body.malformed']);
    expect(cut.fields).toStrictEqual(['ARGS_POST a = 1', 'FACT REQBODY_ERROR = 1']);
  });

  it('passes on what a broken content encoding hides, as it was sent, from the beginning of the block', () => {
    const broken = Buffer.concat([gzipSync(Buffer.from('a=1')), Buffer.from('not gzip')]);
    const { body, failures, undecoded } = read(broken, { 'content-type': form, 'content-encoding': 'gzip' });
    expect(failures).toStrictEqual(['body.malformed']);
    expect(body.endsWith(broken.toString('latin1'))).toBe(true);
    expect(undecoded).toStrictEqual({ coding: broken.length });
  });

  it('gives the same result for every cut of a long broken body', () => {
    const coded = gzipSync(hexText(40_000));
    coded.fill(0xff, 9000, 9020);
    const head = { 'content-type': form, 'content-encoding': 'gzip' };
    const whole = readOnce([coded], head);
    expect(whole.failures).toStrictEqual(['body.malformed']);
    const failedAt = coded.length - (whole.undecoded?.coding ?? 0);
    expect(failedAt >= 8192 && failedAt < coded.length, `failed in the block at ${failedAt}`).toBe(true);
    expect(failedAt % limits.decodeBlockBytes, 'the bytes not decoded begin with a block').toBe(0);
    for (const size of [1, 7, 1000, 4096, 5000]) {
      const chunks = Array.from({ length: Math.ceil(coded.length / size) }, (_, index) =>
        coded.subarray(index * size, (index + 1) * size),
      );
      expect(readOnce(chunks, head), String(size)).toStrictEqual(whole);
    }
  });

  it('can be flushed at any time', () => {
    const coded = gzipSync(Buffer.from('attack'));
    const parts: string[] = [];
    const reader = new BodyReader({
      headers: [{ name: 'content-encoding', value: 'gzip' }],
      sink: bodySinkOf(new EventLog(), {
        writeRaw: (bytes) => parts.push(Buffer.from(bytes).toString()),
        fail: (error) => expect.fail(error.message),
        leaveUndecoded: (why) => expect.fail(why),
      }),
      limits,
    });
    reader.write(coded.subarray(0, -1));
    expect(parts).toStrictEqual([]);
    reader.flush();
    expect(parts).toStrictEqual(['attack']);
    reader.close();
    reader.close();
  });

  it('reads a long form that looks like JSON as both, to its last byte', () => {
    const long = `{"a":"${'x'.repeat(2 * limits.fieldCollectBytesMax)}","b":"\\u003cx"}`;
    const { fields, undecoded } = readOnce([Buffer.from(long)], { 'content-type': form });
    expect(fields.includes('further: ARGS_POST json.b = <x')).toBe(true);
    expect(undecoded).toBe(undefined);
  });

  it('reports an unknown content encoding, and reads the body as it is', () => {
    expect(read(Buffer.from('a=1'), { 'content-type': form, 'content-encoding': 'compress' })).toStrictEqual({
      fields: ['ARGS_POST a = 1', 'FACT BODY_CODING_UNSUPPORTED = compress'],
      body: 'a=1',
      failures: ['body.unsupported'],
      undecoded: { coding: 3 },
    });
  });

  it('reads a body without a type as what it looks like', () => {
    for (const [text, field] of [
      ['{"a":"<x"}', 'ARGS_POST json.a = <x'],
      ['<a>1</a>', 'XML_TEXT  = 1'],
      ['a=1', 'ARGS_POST a = 1'],
    ] as const) {
      const { fields, body, failures } = read(Buffer.from(text), {});
      expect(fields[0]).toBe(field);
      expect(fields[1] ?? '').toMatch(/^FACT BODY_TYPE_MISMATCH = none\//);
      expect(body).toBe(text);
      expect(failures).toStrictEqual([]);
    }
  });

  it('treats a body as a form only if no usable type contradicts it', () => {
    expect(read(Buffer.from('a=1'), { 'content-type': 'text/plain' }).fields).toStrictEqual([]);
    expect(read(Buffer.from('a=1'), { 'content-type': 'ContentType' }).fields[0]).toBe('ARGS_POST a = 1');
  });

  it('reads no fields when a rule chose RAW', () => {
    expect(read(Buffer.from('{"a":1}'), { 'content-type': 'application/json' }, 'RAW').fields).toStrictEqual([]);
  });

  it('reads no fields of a response', () => {
    const { fields, body } = read(gzipSync(Buffer.from('{"a":1}')), { 'content-encoding': 'gzip' }, 'none');
    expect(fields).toStrictEqual([]);
    expect(body).toBe('{"a":1}');
  });

  it('decodes wide text for fields and body', () => {
    const wide = Buffer.from('{"a":"<x"}', 'utf16le');
    expect(read(wide, { 'content-type': 'application/json; charset=utf-16' })).toStrictEqual({
      fields: ['ARGS_POST json.a = <x'],
      body: '{"a":"<x"}',
      failures: [],
    });
    expect(read(Buffer.from('<script>', 'utf16le'), { 'content-type': 'text/plain; charset=utf-16le' }).body).toBe(
      '<script>',
    );
  });

  it('reports nothing for a body that does not arrive', () => {
    for (const head of [{ 'content-type': 'multipart/form-data' }, { 'content-encoding': 'compress' }]) {
      expect(readOnce([], head)).toStrictEqual({ fields: [], body: '', failures: [] });
      expect(readOnce([new Uint8Array(0)], head)).toStrictEqual({ fields: [], body: '', failures: [] });
    }
  });

  it('reports its processor', () => {
    const processor = (head: Readonly<Record<string, string>>, chosen?: string): string =>
      new BodyReader({
        headers: Object.entries(head).map(([name, value]) => ({ name, value })),
        processor: chosen,
        sink: bodySinkOf(new EventLog()),
        limits,
      }).processor;
    expect(processor({ 'content-type': form })).toBe('URLENCODED');
    expect(processor({ 'content-type': form }, 'json')).toBe('JSON');
    expect(processor({})).toBe('RAW');
  });
});
