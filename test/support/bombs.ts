// Small bodies that decode to large ones: repeated blocks that were compressed once. All decode to the value of a form, `v=aaa…`.

import { constants, createBrotliCompress, deflateRawSync } from 'node:zlib';

const start = 'v=';

/** At least `bytes` decoded bytes, in blocks of `blockBytes`, then `end`; raw deflate. */
export function deflateOf(bytes: number, blockBytes: number, end = ''): Buffer {
  const block = (text: string | Buffer): Buffer => deflateRawSync(text, { finishFlush: constants.Z_FULL_FLUSH });
  const filler = block(Buffer.alloc(blockBytes, 'a'));
  const count = Math.ceil(bytes / blockBytes);
  return Buffer.concat([block(start), Buffer.alloc(count * filler.length, filler), deflateRawSync(end)]);
}

/** The same as gzip, in blocks of 1 MiB; without the trailer, which no decoder should reach. */
export function gzipOf(bytes: number): Buffer {
  return Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]), deflateOf(bytes, 1024 * 1024)]);
}

/** The same as Brotli. From the third block on, the compressor's output for the same text is the same. */
export async function brotliOf(bytes: number, blockBytes: number, end = '', windowBits = 24): Promise<Buffer> {
  const compressor = createBrotliCompress({
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 5,
      [constants.BROTLI_PARAM_LGWIN]: windowBits,
      [constants.BROTLI_PARAM_LARGE_WINDOW]: windowBits > 24 ? 1 : 0,
    },
  });
  let made: Buffer[] = [];
  compressor.on('data', (part: Buffer) => made.push(part));
  const take = (): Buffer => {
    const taken = Buffer.concat(made);
    made = [];
    return taken;
  };
  const block = async (text: string): Promise<Buffer> => {
    compressor.write(text);
    await new Promise<void>((resolve) => {
      compressor.flush(constants.BROTLI_OPERATION_FLUSH, resolve);
    });
    return take();
  };
  const filler = 'a'.repeat(blockBytes);
  const [first, second, third] = [await block(`${start}${filler}`), await block(filler), await block(filler)];
  const count = Math.ceil(bytes / blockBytes);
  const parts = [first, second, Buffer.alloc(count * third.length, third)];
  compressor.destroy();
  if (end === '') return Buffer.concat([...parts, Buffer.from([3])]);
  // Uncompressed (RFC 7932 §9.2): compressed, it would refer to a dictionary by its position in the stream.
  const head = Buffer.alloc(3);
  head.writeUIntLE(((end.length - 1) << 3) | (1 << 19), 0, 3);
  return Buffer.concat([...parts, head, Buffer.from(end), Buffer.from([3])]);
}

/** The same as zstd (RFC 8878 §3.1.1): blocks of one byte and its repeat count. */
export function zstdOf(bytes: number, blockBytes: number, end = '', windowBits = 23): Buffer {
  const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, (windowBits - 10) << 3]);
  const blockHead = (length: number, kind: 'raw' | 'repeated', isLast = false): Buffer => {
    const written = Buffer.alloc(3);
    written.writeUIntLE((length << 3) | (kind === 'repeated' ? 2 : 0) | (isLast ? 1 : 0), 0, 3);
    return written;
  };
  const filler = Buffer.concat([blockHead(blockBytes, 'repeated'), Buffer.from('a')]);
  const count = Math.ceil(bytes / blockBytes);
  return Buffer.concat([
    head,
    ...[blockHead(start.length, 'raw'), Buffer.from(start)],
    Buffer.alloc(count * filler.length, filler),
    ...[blockHead(end.length, 'raw', true), Buffer.from(end)],
  ]);
}
