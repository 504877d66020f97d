import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { WafError } from '../../src/base/errors.ts';
import { limits } from '../../src/base/limits.ts';
import { BodyReader } from '../../src/body/body-reader.ts';
import { EventLog, everyCut, ReadingLogs } from '../support/event-log.ts';

interface Read {
  readonly fields: string[];
  readonly body: string;
  readonly failures: string[];
  /** Why → bytes; absent when everything was decoded. */
  readonly undecoded?: Readonly<Record<string, number>>;
}

/** Hexadecimal digits without a pattern, the same in every run: where a decompressor sees damage depends on the bytes. */
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
    sink: logs.first,
    openReading: logs.openReading,
    body: {
      write: (bytes) => {
        parts.push(Buffer.from(bytes));
      },
      end: () => {
        ends += 1;
      },
      heldBytes: 0,
    },
    onFailure: (error: WafError) => failures.push(error.code),
    onUndecoded: (why, bytes) => {
      undecoded[why] = (undecoded[why] ?? 0) + bytes;
    },
    limits,
  });
  for (const chunk of chunks) reader.write(chunk);
  reader.end();
  assert.equal(ends, 1);
  assert.ok(!logs.isOpen);
  const further = logs.further.flatMap((log) => log.lines().map((line) => `further: ${line}`));
  const fields = [...logs.first.lines(), ...further].filter((line) => !line.startsWith('FACT REQBODY_ERROR_MSG'));
  const found = { fields, body: Buffer.concat(parts).toString('latin1'), failures };
  return Object.keys(undecoded).length === 0 ? found : { ...found, undecoded };
}

function read(bytes: Uint8Array, head: Readonly<Record<string, string>>, processor?: string): Read {
  const whole = readOnce([bytes], head, processor);
  for (const { name, chunks } of everyCut(bytes)) assert.deepEqual(readOnce(chunks, head, processor), whole, name);
  return whole;
}

const form = 'application/x-www-form-urlencoded';

describe('BodyReader', () => {
  it('gives fields and body of a plain request', () => {
    assert.deepEqual(read(Buffer.from('a=%3Cx'), { 'content-type': form }), {
      fields: ['ARGS_POST a = <x'],
      body: 'a=%3Cx',
      failures: [],
    });
  });

  it('undoes content codings for both', () => {
    const coded = brotliCompressSync(gzipSync(Buffer.from('{"a":"<x"}')));
    assert.deepEqual(read(coded, { 'content-type': 'application/json', 'content-encoding': 'gzip, br' }), {
      fields: ['ARGS_POST json.a = <x'],
      body: '{"a":"<x"}',
      failures: [],
    });
  });

  it('goes on with the body after a decoder failed, and tells it once', () => {
    assert.deepEqual(read(Buffer.from('{"a":1,x attack'), { 'content-type': 'application/json' }), {
      fields: ['ARGS_POST json.a = 1', 'FACT REQBODY_ERROR = 1'],
      body: '{"a":1,x attack',
      failures: ['body.malformed'],
      undecoded: { format: 15 },
    });
  });

  it('tells a broken content coding', () => {
    const whole = gzipSync(Buffer.from('a=1'));
    const cut = readOnce([whole.subarray(0, -4)], { 'content-type': form, 'content-encoding': 'gzip' });
    assert.deepEqual(cut.failures, ['body.malformed']);
    assert.deepEqual(cut.fields, ['ARGS_POST a = 1', 'FACT REQBODY_ERROR = 1']);
  });

  it('passes on as it was sent what a broken content coding hides, from the beginning of the block', () => {
    const broken = Buffer.concat([gzipSync(Buffer.from('a=1')), Buffer.from('not gzip')]);
    const { body, failures, undecoded } = read(broken, { 'content-type': form, 'content-encoding': 'gzip' });
    assert.deepEqual(failures, ['body.malformed']);
    assert.ok(body.endsWith(broken.toString('latin1')));
    assert.deepEqual(undecoded, { coding: broken.length });
  });

  it('does not let the cuts of a long broken body show', () => {
    const coded = gzipSync(hexText(40_000));
    coded.fill(0xff, 9000, 9020);
    const head = { 'content-type': form, 'content-encoding': 'gzip' };
    const whole = readOnce([coded], head);
    assert.deepEqual(whole.failures, ['body.malformed']);
    const failedAt = coded.length - (whole.undecoded?.coding ?? 0);
    assert.ok(failedAt >= 8192 && failedAt < coded.length, `failed in the block at ${failedAt}`);
    assert.equal(failedAt % limits.decodeBlockBytes, 0, 'the bytes not decoded begin with a block');
    for (const size of [1, 7, 1000, 4096, 5000]) {
      const chunks = Array.from({ length: Math.ceil(coded.length / size) }, (_, index) =>
        coded.subarray(index * size, (index + 1) * size),
      );
      assert.deepEqual(readOnce(chunks, head), whole, String(size));
    }
  });

  it('can be asked for all that came so far', () => {
    const coded = gzipSync(Buffer.from('attack'));
    const parts: string[] = [];
    const reader = new BodyReader({
      headers: [{ name: 'content-encoding', value: 'gzip' }],
      sink: new EventLog(),
      body: { write: (bytes) => parts.push(Buffer.from(bytes).toString()), end() {}, heldBytes: 0 },
      onFailure: assert.ifError,
      onUndecoded: assert.fail,
      limits,
    });
    reader.write(coded.subarray(0, -1));
    assert.deepEqual(parts, []);
    reader.flush();
    assert.deepEqual(parts, ['attack']);
    reader.close();
    reader.close();
  });

  it('reads a long form that looks like JSON as both, to its last byte', () => {
    const long = `{"a":"${'x'.repeat(2 * limits.fieldCollectBytesMax)}","b":"\\u003cx"}`;
    const { fields, undecoded } = readOnce([Buffer.from(long)], { 'content-type': form });
    assert.ok(fields.includes('further: ARGS_POST json.b = <x'));
    assert.equal(undecoded, undefined);
  });

  it('tells a content coding that it does not know, and reads the body as it is', () => {
    assert.deepEqual(read(Buffer.from('a=1'), { 'content-type': form, 'content-encoding': 'compress' }), {
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
      assert.equal(fields[0], field);
      assert.match(fields[1] ?? '', /^FACT BODY_TYPE_MISMATCH = none\//);
      assert.equal(body, text);
      assert.deepEqual(failures, []);
    }
  });

  it('believes in a form only when no usable type says something else', () => {
    assert.deepEqual(read(Buffer.from('a=1'), { 'content-type': 'text/plain' }).fields, []);
    assert.equal(read(Buffer.from('a=1'), { 'content-type': 'ContentType' }).fields[0], 'ARGS_POST a = 1');
  });

  it('reads no fields when a rule chose RAW', () => {
    assert.deepEqual(read(Buffer.from('{"a":1}'), { 'content-type': 'application/json' }, 'RAW').fields, []);
  });

  it('reads no fields of a response', () => {
    const { fields, body } = read(gzipSync(Buffer.from('{"a":1}')), { 'content-encoding': 'gzip' }, 'none');
    assert.deepEqual(fields, []);
    assert.equal(body, '{"a":1}');
  });

  it('decodes wide text for fields and body', () => {
    const wide = Buffer.from('{"a":"<x"}', 'utf16le');
    assert.deepEqual(read(wide, { 'content-type': 'application/json; charset=utf-16' }), {
      fields: ['ARGS_POST json.a = <x'],
      body: '{"a":"<x"}',
      failures: [],
    });
    assert.equal(
      read(Buffer.from('<script>', 'utf16le'), { 'content-type': 'text/plain; charset=utf-16le' }).body,
      '<script>',
    );
  });

  it('has nothing to say about a body that does not come', () => {
    for (const head of [{ 'content-type': 'multipart/form-data' }, { 'content-encoding': 'compress' }]) {
      assert.deepEqual(readOnce([], head), { fields: [], body: '', failures: [] });
      assert.deepEqual(readOnce([new Uint8Array(0)], head), { fields: [], body: '', failures: [] });
    }
  });

  it('reports its processor', () => {
    const processor = (head: Readonly<Record<string, string>>, chosen?: string): string =>
      new BodyReader({
        headers: Object.entries(head).map(([name, value]) => ({ name, value })),
        processor: chosen,
        sink: new EventLog(),
        body: { write() {}, end() {}, heldBytes: 0 },
        onFailure: () => {},
        onUndecoded: () => {},
        limits,
      }).processor;
    assert.equal(processor({ 'content-type': form }), 'URLENCODED');
    assert.equal(processor({ 'content-type': form }, 'json'), 'JSON');
    assert.equal(processor({}), 'RAW');
  });
});
