import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isKnownTransferEncoding,
  openTransferDecoder,
  transferEncodingOf,
} from '../../../src/body/coding/transfer-encoding.ts';
import { cutAt, everyCut } from '../../support/event-log.ts';

function decode(encoding: string, chunks: readonly Uint8Array[]): string {
  const parts: Buffer[] = [];
  let ends = 0;
  const decoder = openTransferDecoder(encoding, {
    write: (bytes) => {
      parts.push(Buffer.from(bytes));
    },
    end: () => {
      ends += 1;
    },
    heldBytes: 0,
  });
  expect.assert(decoder !== undefined);
  for (const chunk of chunks) decoder.write(chunk);
  decoder.end();
  expect(ends).toBe(1);
  return Buffer.concat(parts).toString('latin1');
}

describe('openTransferDecoder', () => {
  it('leaves other encodings alone', () => {
    for (const encoding of ['', '7bit', '8bit', 'binary', 'x-unknown']) {
      expect(openTransferDecoder(encoding, { write() {}, end() {}, heldBytes: 0 })).toBe(undefined);
    }
  });

  it('decodes base64 as Buffer does', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat(400), { maxLength: 4 }), (bytes, cuts) => {
        const text = Buffer.from(Buffer.from(bytes).toString('base64').replace(/.{76}/g, '$&\r\n'));
        const offsets = cuts.map((cut) => Math.min(cut, text.length)).sort((left, right) => left - right);
        expect(decode('base64', cutAt(text, offsets))).toBe(Buffer.from(bytes).toString('latin1'));
      }),
    );
  });

  it('switches to plain at the first byte that is not base64, repeating what it had held', () => {
    const text = 'select*from x';
    const decoded = decode('base64', [Buffer.from(text)]);
    expect(decoded.endsWith(text)).toBe(true);
    expect(decoded).toBe(decode('base64', cutAt(Buffer.from(text), [1, 2, 6, 7, 8])));
  });

  it('repeats no more than a limited tail', () => {
    const decoded = decode('base64', [Buffer.from(`${'A'.repeat(4000)}<script>`)]);
    expect(decoded).toBe(`${'\0'.repeat(3000)}${'A'.repeat(256)}<script>`);
  });

  it('decodes quoted-printable and keeps what is not', () => {
    const cases = [
      ['=3Cb=3e', '<b>'],
      ['a=\r\nb=\nc', 'abc'],
      ['a=\rb', 'ab'],
      ['=zz=4=', '=zz=4='],
      ['==41', '=A'],
      ['=4', '=4'],
      ['1=1', '1=1'],
    ] as const;
    for (const [text, expected] of cases) {
      expect(decode('quoted-printable', [Buffer.from(text)]), text).toBe(expected);
      const each = cutAt(
        Buffer.from(text),
        Array.from({ length: text.length - 1 }, (_, index) => index + 1),
      );
      expect(decode('quoted-printable', each), `${text} in single bytes`).toBe(expected);
    }
  });

  it('drops white space between = and its line break, however the bytes are cut', () => {
    const cases = [
      ['uni= \t\non', 'union'],
      ['uni= \t\r\non', 'union'],
      ['uni= on', 'uni= on'],
      ['uni=\t=41', 'uni=\tA'],
      ['uni= ', 'uni= '],
      ['uni= =\non', 'uni= on'],
      [`a=${' '.repeat(64)}\nb`, 'ab'],
      [`a=${' '.repeat(65)}b`, `a=${' '.repeat(65)}b`],
    ] as const;
    for (const [text, decoded] of cases) {
      const bytes = Buffer.from(text);
      for (const { name, chunks } of everyCut(bytes)) expect(decode('quoted-printable', chunks), name).toBe(decoded);
    }
  });
});

describe('transferEncodingOf', () => {
  const cases = [
    ['base64', 'base64'],
    [' BASE64 ', 'base64'],
    ['"base64"', 'base64'],
    ["'base64'", 'base64'],
    ['base64 (as ever)', 'base64'],
    ['base64; x=1', 'base64'],
    ['quoted-printable\t', 'quoted-printable'],
    ['', ''],
    ['x-uuencode', 'x-uuencode'],
  ] as const;
  for (const [value, name] of cases) {
    it(`reads ${JSON.stringify(value)}`, () => expect(transferEncodingOf(value)).toBe(name));
  }

  it('knows those that change no byte or are decoded', () => {
    for (const name of ['', '7bit', '8bit', 'binary', 'base64', 'quoted-printable']) {
      expect(isKnownTransferEncoding(name), name).toBeTruthy();
    }
    for (const name of ['x-uuencode', 'uuencode', 'gzip', 'base32'])
      expect(isKnownTransferEncoding(name), name).toBeFalsy();
  });
});
