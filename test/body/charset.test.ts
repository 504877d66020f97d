import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { charsetOf, openCharsetDecoder, sniffWideCharset } from '../../src/body/charset.ts';
import { cutAt } from '../support/event-log.ts';

function decode(label: string, chunks: readonly Uint8Array[], keepsAscii = false): Buffer {
  const parts: Buffer[] = [];
  const next = {
    write: (bytes: Uint8Array) => {
      parts.push(Buffer.from(bytes));
    },
    end() {},
    heldBytes: 0,
  };
  const decoder = openCharsetDecoder(label, next, { keepsAscii });
  expect.assert(decoder !== undefined, label);
  for (const chunk of chunks) decoder.write(chunk);
  decoder.end();
  return Buffer.concat(parts);
}

function utf16(text: string, isBig: boolean): Buffer {
  const bytes = Buffer.from(text, 'utf16le');
  return isBig ? bytes.swap16() : bytes;
}

function utf32(text: string, isBig: boolean): Buffer {
  const bytes = Buffer.alloc([...text].length * 4);
  for (const [index, character] of [...text].entries()) {
    if (isBig) bytes.writeUInt32BE(character.codePointAt(0) ?? 0, index * 4);
    else bytes.writeUInt32LE(character.codePointAt(0) ?? 0, index * 4);
  }
  return bytes;
}

describe('charsetOf', () => {
  const labels = [
    ['', 'ascii-compatible'],
    ['utf-8', 'ascii-compatible'],
    ['UTF8', 'ascii-compatible'],
    ['ISO-8859-1', 'ascii-compatible'],
    ['windows-1252', 'ascii-compatible'],
    ['shift_jis', 'ascii-compatible'],
    ['utf-16', 'utf-16'],
    ['UTF-16LE', 'utf-16'],
    ['ucs-2', 'utf-16'],
    ['utf16le', 'utf-16'],
    ['UCS2', 'utf-16'],
    ['utf-32', 'utf-32'],
    ['UTF-32BE', 'utf-32'],
    ['utf-7', 'unknown'],
    ['ibm037', 'ebcdic'],
    ['CP1047', 'ebcdic'],
    ['iso-2022-jp', 'unknown'],
    ['nonsense', 'unknown'],
  ] as const;
  for (const [label, kind] of labels)
    it(`classifies ${label} as ${kind}`, () => expect(charsetOf(label).kind).toBe(kind));

  it('classifies no label as ASCII-compatible that is not', () => {
    // Bytes of printable ASCII must decode to themselves in every charset that is scanned as it is.
    const ascii = Array.from({ length: 95 }, (_, index) => String.fromCharCode(0x20 + index)).join('');
    for (const label of [
      'utf-8',
      'iso-8859-2',
      'koi8-r',
      'macintosh',
      'gbk',
      'big5',
      'euc-jp',
      'euc-kr',
      'x-user-defined',
    ]) {
      expect(charsetOf(label).kind).toBe('ascii-compatible');
      expect(new TextDecoder(label).decode(Buffer.from(ascii)), label).toBe(ascii);
    }
  });
});

describe('openCharsetDecoder', () => {
  const wellFormed = fc.string({ unit: 'binary', maxLength: 30 });
  const cuts = fc.array(fc.nat(120), { maxLength: 4 });

  for (const isBig of [false, true]) {
    const order = isBig ? 'be' : 'le';
    it(`decodes utf-16${order} and utf-32${order} however they are cut`, () => {
      fc.assert(
        fc.property(wellFormed, cuts, (text, offsets) => {
          fc.pre(!text.startsWith('\ufeff') && !text.startsWith('\ufffe'));
          for (const [label, bytes] of [
            [`utf-16${order}`, utf16(text, isBig)],
            [`utf-32${order}`, utf32(text, isBig)],
          ] as const) {
            const sorted = offsets.map((cut) => Math.min(cut, bytes.length)).sort((left, right) => left - right);
            expect(decode(label, cutAt(bytes, sorted))).toStrictEqual(Buffer.from(text));
          }
        }),
      );
    });
  }

  it('puts a byte order mark before the declared order', () => {
    expect(decode('utf-16le', [utf16('\ufeffab', true)]).toString()).toBe('ab');
    expect(decode('utf-32be', [utf32('\ufeffab', false)]).toString()).toBe('ab');
  });

  it('guesses the order when nothing declares it', () => {
    expect(decode('utf-16', [utf16('<script>', true)]).toString()).toBe('<script>');
    expect(decode('utf-16', [utf16('<script>', false)]).toString()).toBe('<script>');
    expect(decode('utf-32', [utf32('<script>', true)]).toString()).toBe('<script>');
  });

  it('drops nothing that is not text', () => {
    expect(decode('utf-16le', [Buffer.from('3dd8', 'hex')]).toString('hex'), 'a lone surrogate').toBe('eda0bd');
    expect(decode('utf-16le', [Buffer.from('410042', 'hex')]).toString(), 'half a unit').toBe('AB');
    expect(decode('utf-32be', [Buffer.from('7fffffff', 'hex')]).toString('hex'), 'no code point').toBe('e7bfbfefbfbf');
  });

  it('keeps plain ASCII that is only declared wide', () => {
    for (const label of ['utf-16', 'utf-32', 'utf-32be', 'utf-32le']) {
      expect(decode(label, [Buffer.from('union select')], true).toString(), label).toBe('union select');
    }
    expect(decode('utf-16', [utf16('union select', false)], true).toString()).toBe('union select');
  });

  it('reads UTF-16 that is declared UTF-32', () => {
    expect(decode('utf-32le', [utf16('union select', false)], true).toString()).toBe('union select');
    expect(decode('utf-32be', [utf16('union select', true)]).toString()).toBe('union select');
  });

  it('needs no decoder for ASCII-compatible and unknown charsets', () => {
    for (const label of ['utf-8', 'latin1', 'utf-7', '']) {
      expect(openCharsetDecoder(label, { write() {}, end() {}, heldBytes: 0 }, { keepsAscii: false })).toBe(undefined);
    }
  });
});

describe('sniffWideCharset', () => {
  it('decides by byte order mark or NUL bytes', () => {
    const texts = [
      ['{"', 'utf-16'],
      ['\ufeff{', 'utf-16'],
    ] as const;
    for (const [text] of texts) {
      expect(sniffWideCharset(utf16(text, false))).toStrictEqual({ kind: 'utf-16', byteOrder: 'little' });
      expect(sniffWideCharset(utf16(text, true))).toStrictEqual({ kind: 'utf-16', byteOrder: 'big' });
      expect(sniffWideCharset(utf32(text, false))).toStrictEqual({ kind: 'utf-32', byteOrder: 'little' });
      expect(sniffWideCharset(utf32(text, true))).toStrictEqual({ kind: 'utf-32', byteOrder: 'big' });
    }
  });

  it('recognises plain text', () => {
    for (const text of ['', 'a', '{"a":1}', '\ufeff{}', '\u00e9t\u00e9']) {
      expect(sniffWideCharset(Buffer.from(text)), text).toBe(undefined);
    }
  });
});
