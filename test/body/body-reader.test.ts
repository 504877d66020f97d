import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { WafError } from '../../src/base/errors.ts';
import { limits } from '../../src/base/limits.ts';
import { BodyReader } from '../../src/body/body-reader.ts';
import { EventLog, everyCut } from '../support/event-log.ts';

interface Read {
  readonly fields: string[];
  readonly body: string;
  readonly failures: string[];
}

function readOnce(chunks: readonly Uint8Array[], head: Readonly<Record<string, string>>, processor?: string): Read {
  const log = new EventLog();
  const parts: Buffer[] = [];
  const failures: string[] = [];
  let ends = 0;
  const reader = new BodyReader({
    headers: Object.entries(head).map(([name, value]) => ({ name, value })),
    processor,
    sink: log,
    body: {
      write: (bytes) => {
        parts.push(Buffer.from(bytes));
      },
      end: () => {
        ends += 1;
      },
    },
    onFailure: (error: WafError) => failures.push(error.code),
    limits,
  });
  for (const chunk of chunks) reader.write(chunk);
  reader.end();
  assert.equal(ends, 1);
  assert.ok(!log.isOpen);
  const fields = log.lines().filter((line) => !line.startsWith('FACT REQBODY_ERROR_MSG'));
  return { fields, body: Buffer.concat(parts).toString('latin1'), failures };
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
    });
  });

  it('tells a broken content coding', () => {
    const whole = gzipSync(Buffer.from('a=1'));
    const cut = readOnce([whole.subarray(0, -4)], { 'content-type': form, 'content-encoding': 'gzip' });
    assert.deepEqual(cut.failures, ['body.malformed']);
    assert.deepEqual(cut.fields, ['ARGS_POST a = 1', 'FACT REQBODY_ERROR = 1']);
  });

  it('passes on what follows a broken content coding as it was sent', () => {
    const broken = Buffer.concat([gzipSync(Buffer.from('a=1')), Buffer.from('not gzip')]);
    const chunks = [broken, Buffer.from(' attack')];
    const { body, failures } = readOnce(chunks, { 'content-type': form, 'content-encoding': 'gzip' });
    assert.deepEqual(failures, ['body.malformed']);
    assert.ok(body.endsWith(' attack'));
  });

  it('tells a content coding that it does not know, and reads the body as it is', () => {
    assert.deepEqual(read(Buffer.from('a=1'), { 'content-type': form, 'content-encoding': 'compress' }), {
      fields: ['ARGS_POST a = 1', 'FACT BODY_CODING_UNSUPPORTED = compress'],
      body: 'a=1',
      failures: ['body.malformed'],
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
        body: { write() {}, end() {} },
        onFailure: () => {},
        limits,
      }).processor;
    assert.equal(processor({ 'content-type': form }), 'URLENCODED');
    assert.equal(processor({ 'content-type': form }, 'json'), 'JSON');
    assert.equal(processor({}), 'RAW');
  });
});
