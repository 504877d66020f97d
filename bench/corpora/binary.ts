// Bytes that are not text, the same on every machine: random ones, compressed ones, and image-like ones.

import { createCipheriv } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';

/** Bytes that look random: a stream cipher whose key is the seed. */
function randomBytes(seed: number, count: number): Buffer {
  const key = Buffer.alloc(16);
  key.writeUInt32LE(seed);
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(count));
}

/** Generators of about `bytes` bytes, by kind. */
export const binaryKinds: Readonly<Record<string, (seed: number, bytes: number) => Buffer>> = {
  random: randomBytes,
  // Compressed text has other frequencies than random bytes.
  compressed: (seed, bytes) => deflateRawSync(Buffer.from(randomBytes(seed, bytes).toString('hex'))),
  // An image: a head, then runs of near values with noise.
  image: (seed, count) => {
    const bytes = randomBytes(seed, count);
    for (let at = 1; at < bytes.length; at += 1)
      bytes[at] = ((bytes[at - 1] as number) + ((bytes[at] as number) % 9) - 4) & 255;
    bytes.set([0xff, 0xd8, 0xff, 0xe0, 0x3c, 0x3f, 0x3d, 0x00]);
    return bytes;
  },
};
