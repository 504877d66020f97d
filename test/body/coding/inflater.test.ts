import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/base/limits.ts';
import { type Compression, Inflater } from '../../../src/body/coding/inflater.ts';

const kinds: readonly (readonly [Compression, (bytes: Uint8Array) => Buffer])[] = [
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['deflate-raw', deflateRawSync],
  ['br', brotliCompressSync],
  ['zstd', zstdCompressSync],
];

for (const [kind, compress] of kinds) {
  describe(`Inflater of ${kind}`, () => {
    const plain = Buffer.from(Array.from({ length: 20_000 }, (_, index) => `line ${index * 7919}\n`).join(''));
    const coded = compress(plain);

    it('returns everything in steps of any size', () => {
      for (const [inputBytes, outputBytes] of [
        [coded.length, 100],
        [1, 16_384],
        [7, 64],
      ] as const) {
        const inflater = new Inflater(kind, limits);
        const output = new Uint8Array(outputBytes);
        const parts: Buffer[] = [];
        for (let start = 0; start < coded.length; start += inputBytes) {
          const input = coded.subarray(start, start + inputBytes);
          let offset = 0;
          do {
            inflater.step(input, offset, output, 0);
            offset = input.length - inflater.inputLeft;
            parts.push(Buffer.from(output.subarray(0, inflater.outputBytes)));
          } while (inflater.outputBytes === outputBytes);
          expect(inflater.inputLeft).toBe(0);
        }
        inflater.finish(output);
        inflater.close();
        expect(Buffer.concat(parts).equals(plain), `${inputBytes} in, ${outputBytes} out`).toBe(true);
      }
    });

    it('refuses a body that ends early', () => {
      const inflater = new Inflater(kind, limits);
      const output = new Uint8Array(1 << 20);
      inflater.step(coded.subarray(0, coded.length - 5), 0, output, 0);
      expect(() => inflater.finish(output)).toThrow(expect.objectContaining({ code: 'body.malformed' }));
    });

    it('rejects bytes that are not in the encoding, and every step after that', () => {
      const inflater = new Inflater(kind, limits);
      const output = new Uint8Array(1 << 20);
      const broken = Buffer.alloc(1000, 0xff);
      expect(() => {
        inflater.step(broken, 0, output, 0);
        inflater.finish(output);
      }).toThrow(expect.objectContaining({ code: 'body.malformed' }));
      expect(() => inflater.step(coded, 0, output, 0)).toThrow(expect.objectContaining({ code: 'body.malformed' }));
    });

    it('writes from the given offset', () => {
      const inflater = new Inflater(kind, limits);
      const output = new Uint8Array(64).fill(0x2e);
      inflater.step(compress(Buffer.from('abc')), 0, output, 10);
      inflater.close();
      inflater.close();
      expect(Buffer.from(output.subarray(8, 16)).toString()).toBe('..abc...');
      expect(inflater.outputBytes).toBe(3);
    });
  });
}

describe('Inflater of zstd', () => {
  it('rejects a window above the limit', () => {
    const large = zstdCompressSync(Buffer.alloc(3 << 20, 'x'));
    const inflater = new Inflater('zstd', { zstdWindowBytesMax: 1 << 20 });
    expect(() => inflater.step(large, 0, new Uint8Array(1 << 16), 0)).toThrow(
      expect.objectContaining({ code: 'body.malformed' }),
    );
  });
});
