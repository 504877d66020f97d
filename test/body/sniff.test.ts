import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lookOf, mayLookOtherwise, startOf, wideFormOf } from '../../src/body/sniff.ts';

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
    it(`recognises ${JSON.stringify(text)} as ${processor}`, () => {
      expect(lookOf(Buffer.from(text, 'latin1'))).toStrictEqual({ processor });
    });
  }

  for (const text of ['[INFO] started', '{name}', "{'a':1}", '[NaN]', '/* x */{}', '// x\n{}', '{{x}}']) {
    it(`recognises ${JSON.stringify(text)} as text with literals`, () => {
      expect(lookOf(Buffer.from(text))).toStrictEqual({ processor: 'LITERALS' });
    });
  }

  it('recognises formats in UTF-16 and UTF-32', () => {
    const little = { kind: 'utf-16', byteOrder: 'little' };
    expect(lookOf(Buffer.from('{"a":1}', 'utf16le'))).toStrictEqual({ processor: 'JSON', charset: little });
    expect(lookOf(Buffer.from('\ufeff <a/>', 'utf16le'))).toStrictEqual({ processor: 'XML', charset: little });
    expect(lookOf(Buffer.from('hello', 'utf16le'))).toBe(undefined);
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
      expect(lookOf(Buffer.from(text))).toStrictEqual({ processor: 'MULTIPART', boundary: 'abc' });
    }
  });

  for (const text of ['', '   ', 'hello world', '<3', '--', '--x\r\ny z', '=1', '1+1 = 2', ...dashes]) {
    it(`recognises nothing in ${JSON.stringify(text)}`, () => expect(lookOf(Buffer.from(text))).toBe(undefined));
  }
});

describe('mayLookOtherwise', () => {
  const all = ['JSON', 'LITERALS', 'XML', 'MULTIPART', 'URLENCODED'] as const;
  const typed = ['JSON', 'LITERALS', 'XML', 'MULTIPART'] as const;

  it('is false as soon as no further byte can change the result', () => {
    for (const [text, among, expected] of [
      ['', typed, true],
      ['  \r\n', typed, true],
      ['h', typed, true],
      ['he', typed, false],
      ['hello', all, true],
      ['hello ', all, false],
      ['hello=', all, false],
      ['{ ', typed, true],
      ['{"', typed, false],
      ['{n', typed, false],
      ['[', typed, true],
      ['[x', typed, false],
      ['[x', all, false],
      ['<', typed, true],
      ['<3', typed, false],
      ['-', typed, true],
      ['- a', typed, false],
      ['--b', typed, true],
      ['--b\r', typed, true],
      ['--b\r\n', typed, true],
      ['--b\r\nContent-', typed, true],
      ['--b\r\nContent-Type:', typed, true],
      ['--b\r\nContent-Disposition: form-data', typed, true],
      ['--b\r\nContent-Disposition: form-data;\r\nx ', typed, false],
      ['--b\r\nContent Type', typed, false],
      ['\x81\x85', all, false],
      ['\0\0', all, true],
      ['\0\0\0', all, true],
      ['\0\0\0\0', all, false],
    ] as const) {
      expect(mayLookOtherwise(Buffer.from(text, 'latin1'), among), JSON.stringify(text)).toBe(expected);
    }
  });

  it('is false only where every longer head looks the same', () => {
    const unit = fc.constantFrom(...'{}[]<>-="ab1: \t\r\n.\0/', '--b', '\r\n', 'n:', 'content-disposition:form-data');
    const text = fc.array(unit, { minLength: 1, maxLength: 12 }).map((units) => units.join(''));
    fc.assert(
      fc.property(text, (written) => {
        const bytes = Buffer.from(written);
        for (let length = 1; length <= bytes.length; length += 1) {
          const head = bytes.subarray(0, length);
          if (!mayLookOtherwise(head, all)) expect(lookOf(head), JSON.stringify(written)).toStrictEqual(lookOf(bytes));
        }
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('startOf', () => {
  it('is after white space and a byte order mark', () => {
    for (const [text, start] of [
      ['', 0],
      ['a', 0],
      [' \t\r\n\v\fa ', 6],
      ['\ufeff {', 4],
      ['  ', 2],
      ['\0', 0],
    ] as const) {
      expect(startOf(Buffer.from(text)), JSON.stringify(text)).toBe(start);
    }
  });
});

describe('wideFormOf', () => {
  it('trusts a byte order mark, NUL bytes and the header', () => {
    const kindOf = (bytes: Uint8Array, label: string): string | undefined => wideFormOf(bytes, label)?.charset?.kind;
    expect(kindOf(Buffer.from('\ufeffa=1', 'utf16le'), '')).toBe('utf-16');
    expect(kindOf(Buffer.from('\0a\0='), 'utf-8')).toBe('utf-16');
    expect(kindOf(Buffer.from('a=12'), 'utf-32')).toBe('utf-32');
    expect(kindOf(Buffer.from('a=12'), 'utf-8')).toBe(undefined);
    expect(kindOf(Buffer.from('a=12'), '')).toBe(undefined);
  });
});
