import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lookOf, startOf, wideFormOf } from '../../src/body/sniff.ts';

describe('lookOf', () => {
  const looks = [
    ['{"a":1}', 'JSON'],
    [' \r\n{ "a', 'JSON'],
    ['\u00ef\u00bb\u00bf{}', 'JSON'],
    ['{', 'JSON'],
    ['[1,2]', 'JSON'],
    ['[{"a"', 'JSON'],
    ['[-1]', 'JSON'],
    ['[]', 'JSON'],
    ['<?xml version="1.0"?>', 'XML'],
    ['<a>', 'XML'],
    ['<!DOCTYPE a>', 'XML'],
    ['a=1&b=2', 'URLENCODED'],
    ['user[name]=<script>', 'URLENCODED'],
  ] as const;
  for (const [text, processor] of looks) {
    it(`takes ${JSON.stringify(text)} for ${processor}`, () => {
      assert.deepEqual(lookOf(Buffer.from(text, 'latin1')), { processor });
    });
  }

  for (const text of ['[INFO] started', '{name}', "{'a':1}", '[NaN]', '/* x */{}', '// x\n{}', '{{x}}']) {
    it(`takes ${JSON.stringify(text)} for a text with literals`, () => {
      assert.deepEqual(lookOf(Buffer.from(text)), { processor: 'LITERALS' });
    });
  }

  it('sees through UTF-16 and UTF-32', () => {
    const little = { kind: 'utf-16', byteOrder: 'little' };
    assert.deepEqual(lookOf(Buffer.from('{"a":1}', 'utf16le')), { processor: 'JSON', charset: little });
    assert.deepEqual(lookOf(Buffer.from('\ufeff <a/>', 'utf16le')), { processor: 'XML', charset: little });
    assert.equal(lookOf(Buffer.from('hello', 'utf16le')), undefined);
  });

  const dashes = [
    '---\nx: 1\n',
    '---\ntitle: at 10:30\n---\ntext',
    '----- Original Message -----\nFrom: a\n',
    '--abc\nContent-Type: text/plain\n\nx',
  ];

  it('reads the boundary of multipart', () => {
    for (const text of [
      '--abc\r\nContent-Disposition: form-data',
      '--abc \ncontent-type: x\nX: y\ncontent-disposition:FORM-DATA; name=a',
    ]) {
      assert.deepEqual(lookOf(Buffer.from(text)), { processor: 'MULTIPART', boundary: 'abc' });
    }
  });

  for (const text of ['', '   ', 'hello world', '<3', '--', '--x\r\ny z', '=1', '1+1 = 2', ...dashes]) {
    it(`takes ${JSON.stringify(text)} for nothing`, () => assert.equal(lookOf(Buffer.from(text)), undefined));
  }
});

describe('startOf', () => {
  it('is behind white space and a byte order mark', () => {
    for (const [text, start] of [
      ['', 0],
      ['a', 0],
      [' \t\r\n\v\fa ', 6],
      ['\ufeff {', 4],
      ['  ', 2],
      ['\0', 0],
    ] as const) {
      assert.equal(startOf(Buffer.from(text)), start, JSON.stringify(text));
    }
  });
});

describe('wideFormOf', () => {
  it('believes a byte order mark, NUL bytes and the header', () => {
    const kindOf = (bytes: Uint8Array, label: string): string | undefined => wideFormOf(bytes, label)?.charset?.kind;
    assert.equal(kindOf(Buffer.from('\ufeffa=1', 'utf16le'), ''), 'utf-16');
    assert.equal(kindOf(Buffer.from('\0a\0='), 'utf-8'), 'utf-16');
    assert.equal(kindOf(Buffer.from('a=12'), 'utf-32'), 'utf-32');
    assert.equal(kindOf(Buffer.from('a=12'), 'utf-8'), undefined);
    assert.equal(kindOf(Buffer.from('a=12'), ''), undefined);
  });
});
