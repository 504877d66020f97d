import {
  brotliCompressSync,
  constants,
  deflateRawSync,
  deflateSync,
  gzipSync,
  inflateRawSync,
  zstdCompressSync,
} from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/base/limits.ts';
import type { CodingLimits, ContentCoding } from '../../../src/body/coding/coding-layer.ts';
import { ContentCodingDecoder, codingsOf } from '../../../src/body/coding/content-coding.ts';
import { JsonDecoder } from '../../../src/body/json.ts';
import { RawDecoder } from '../../../src/body/raw.ts';
import { cutAt, everyCut, runDecoder } from '../../support/event-log.ts';

const encoders: readonly (readonly [string, ContentCoding, (bytes: Uint8Array) => Buffer])[] = [
  ['gzip', 'gzip', gzipSync],
  ['deflate', 'deflate', deflateSync],
  ['deflate without its wrapper', 'deflate', deflateRawSync],
  ['br', 'br', brotliCompressSync],
  ['zstd', 'zstd', zstdCompressSync],
];

function run(
  codings: readonly ContentCoding[],
  chunks: readonly Uint8Array[],
  bounds: CodingLimits = limits,
): string[] {
  return runDecoder(
    (sink) => new ContentCodingDecoder({ codings, next: new RawDecoder(sink, 'REQUEST_BODY'), sink, limits: bounds }),
    chunks,
  ).filter((line) => !line.startsWith('FACT REQBODY_ERROR_MSG'));
}

describe('codingsOf', () => {
  const cases = [
    [[], [], false, undefined],
    [['gzip'], ['gzip'], false, undefined],
    [['GZIP, br'], ['gzip', 'br'], false, undefined],
    [['x-gzip', 'identity', ' deflate ,zstd'], ['gzip', 'deflate', 'zstd'], false, undefined],
    [['identity, gzip'], ['gzip'], false, undefined],
    [['', ','], [], false, undefined],
    [['none', 'UTF-8', 'binary, 8bit', '7bit'], [], false, undefined],
    [['aws-chunked'], [], true, undefined],
    [['aws-chunked,gzip'], ['gzip'], true, undefined],
    [['gzip', 'AWS-Chunked'], ['gzip'], true, undefined],
    [['compress'], [], false, 'compress'],
    [['gzip, chunked, x'], ['gzip'], false, 'x'],
    [['aws-chunked, lz4'], [], true, 'lz4'],
  ] as const;
  for (const [values, codings, isFramed, unknown] of cases) {
    it(`reads ${JSON.stringify(values)}`, () =>
      expect(codingsOf(values)).toStrictEqual({ codings, isFramed, unknown }));
  }
});

/** The result for a body that servers decode in different ways. */
const ambiguous = ['FACT REQBODY_ERROR = 1', 'THROWS body.malformed'];

/** Whether zlib reads bytes with a zlib header as raw deflate too, as far as they go. One of 65,536 streams is so by chance. */
function isReadRaw(coded: Buffer): boolean {
  if (((coded[0] ?? 0) & 0x0f) !== 8 || coded.readUInt16BE(0) % 31 !== 0) return false;
  try {
    return inflateRawSync(coded, { finishFlush: constants.Z_SYNC_FLUSH }).length > 0;
  } catch {
    return false;
  }
}

describe('ContentCodingDecoder', () => {
  const attack = 'a=<script>alert(1)</script>';

  it('rejects what servers decode in different ways, at every cut', () => {
    const both = Buffer.from([0x78, 0x01, 0x00, 0xfe, 0xff, 0x01, 0x00, 0x61]);
    for (const { name: cut, chunks } of everyCut(both)) expect(run(['deflate'], chunks), cut).toStrictEqual(ambiguous);
    for (const { name: cut, chunks } of everyCut(deflateSync(attack))) {
      expect(run(['gzip'], chunks), cut).toStrictEqual(ambiguous);
    }
  });

  it('rejects a zlib stream that a raw deflate decoder reads differently, even if by chance', () => {
    for (const text of ['3e0161', '5e0142', '9c3230']) {
      const coded = deflateSync(Buffer.from(text, 'hex'));
      expect(isReadRaw(coded), text).toBeTruthy();
      for (const { name: cut, chunks } of everyCut(coded))
        expect(run(['deflate'], chunks), cut).toStrictEqual(ambiguous);
    }
  });

  for (const [name, coding, encode] of encoders) {
    it(`decodes ${name} at every cut`, () => {
      for (const { name: cut, chunks } of everyCut(encode(Buffer.from(attack)))) {
        expect(run([coding], chunks), cut).toStrictEqual([`REQUEST_BODY  = ${attack}`]);
      }
    });

    it(`returns any bytes from ${name}`, () => {
      // Their zlib streams begin raw deflate too.
      const examples = ['3e0161', '6e0130'].map((text): [Uint8Array<ArrayBuffer>, number[]] => [
        Uint8Array.from(Buffer.from(text, 'hex')),
        [],
      ]);
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 2000 }), fc.array(fc.nat(2100), { maxLength: 5 }), (bytes, cuts) => {
          const coded = encode(bytes);
          const offsets = cuts.map((cut) => Math.min(cut, coded.length)).sort((left, right) => left - right);
          const lines = run([coding], cutAt(coded, offsets));
          if (coding === 'deflate' && isReadRaw(coded)) {
            expect(lines).toStrictEqual(ambiguous);
          } else expect(lines).toStrictEqual(run([], [bytes]));
        }),
        { numRuns: 100, examples },
      );
    });

    it(`rejects ${name} that ends early or continues`, () => {
      const coded = encode(Buffer.from(attack));
      for (const broken of [coded.subarray(0, -1), Buffer.concat([coded, Buffer.from('!!!!!!')])]) {
        expect(run([coding], [broken]).includes('THROWS body.malformed')).toBe(true);
        expect(run([coding], cutAt(broken, [10])).includes('THROWS body.malformed')).toBe(true);
      }
    });

    it(`stops a bomb of ${name} soon after its limit, in little memory`, () => {
      const coded = encode(Buffer.alloc(64 << 20));
      let decoded = 0;
      const next = { write: (bytes: Uint8Array) => (decoded += bytes.length), end() {}, heldBytes: 0 };
      const sink = { begin() {}, write() {}, end() {}, fact() {} };
      const decoder = new ContentCodingDecoder({ codings: [coding], next, sink, limits });
      const before = process.memoryUsage().arrayBuffers;
      expect(() => {
        decoder.write(coded);
        decoder.end();
      }).toThrow(expect.objectContaining({ code: 'body.limit' }));
      const reached = Math.max(limits.expansionFreeBytes, coded.length * limits.expansionRatioMax);
      expect(decoded, `${decoded} bytes`).toBeLessThanOrEqual(reached + limits.decodeSliceBytesMax);
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 << 20);
    });
  }

  it('decodes stacked encodings, the last one first', () => {
    const coded = zstdCompressSync(brotliCompressSync(gzipSync(Buffer.from(attack))));
    expect(run(['gzip', 'br', 'zstd'], [coded])).toStrictEqual([`REQUEST_BODY  = ${attack}`]);
    expect(run(['gzip', 'br', 'zstd'], cutAt(coded, [1, 2, 3, 30]))).toStrictEqual([`REQUEST_BODY  = ${attack}`]);
  });

  it('rejects one encoding too many', () => {
    const lines = run(['gzip', 'gzip', 'gzip', 'gzip'], [Buffer.from('x')]);
    expect(lines).toStrictEqual(['FACT REQBODY_ERROR = 1', 'THROWS body.limit']);
  });

  it('stops a bomb inside a bomb', () => {
    const coded = gzipSync(gzipSync(Buffer.alloc(256 << 20)));
    expect(
      run(['gzip', 'gzip'], [coded], { ...limits, expansionFreeBytes: 1 << 16 }).includes('THROWS body.limit'),
    ).toBe(true);
  });

  it('passes on unchanged what is only declared compressed, and reports it', () => {
    for (const coding of ['gzip', 'zstd'] as const) {
      for (const { name, chunks } of everyCut(Buffer.from(attack))) {
        expect(run([coding], chunks), name).toStrictEqual([
          `REQUEST_BODY  = ${attack}`,
          `FACT BODY_TYPE_MISMATCH = ${coding}/plain`,
        ]);
      }
    }
    expect(run(['gzip'], [Buffer.from('ab')])).toStrictEqual([
      'REQUEST_BODY  = ab',
      'FACT BODY_TYPE_MISMATCH = gzip/plain',
    ]);
  });

  it('reads gzip members one after the other', () => {
    const coded = Buffer.concat([gzipSync(Buffer.from('a=1')), gzipSync(Buffer.from('&b=2'))]);
    expect(run(['gzip'], [coded])).toStrictEqual(['REQUEST_BODY  = a=1&b=2']);
    expect(run(['gzip'], cutAt(coded, [23]))).toStrictEqual(['REQUEST_BODY  = a=1&b=2']);
  });

  it('has nothing to do for an empty body', () => {
    for (const [, coding] of encoders) expect(run([coding], [])).toStrictEqual([]);
  });

  it('checks the ratio only above its free bytes', () => {
    const coded = gzipSync(Buffer.alloc(1 << 20));
    expect(run(['gzip'], [coded]).includes('THROWS body.limit'), 'on the limit').toBe(false);
    expect(run(['gzip'], [coded], { ...limits, expansionFreeBytes: (1 << 20) - 1 }).includes('THROWS body.limit')).toBe(
      true,
    );
  });

  it('stops at the limit of decoded bytes', () => {
    const coded = gzipSync(Buffer.alloc(64 << 10, 'x'));
    const bounded = { ...limits, decodedBytesMax: 64 << 10 };
    expect(run(['gzip'], [coded], bounded).includes('THROWS body.limit'), 'on the limit').toBe(false);
    expect(run(['gzip'], [coded], { ...bounded, decodedBytesMax: (64 << 10) - 1 }).includes('THROWS body.limit')).toBe(
      true,
    );
  });

  it('ends the open field of the next decoder when it fails', () => {
    const coded = gzipSync(Buffer.from('{"a":"attack"}'));
    const lines = runDecoder(
      (sink) => new ContentCodingDecoder({ codings: ['gzip'], next: new JsonDecoder(sink, limits), sink, limits }),
      [coded.subarray(0, -9)],
    );
    expect(lines.some((line) => line.startsWith('ARGS_POST json.a = '))).toBe(true);
    expect(lines.at(-1)).toBe('THROWS body.malformed');
  });
});
