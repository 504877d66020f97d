// Asserts that a decoder's work grows no faster than its input.

import { expect } from 'vitest';
import type { Decoder } from '../../src/body/decoder.ts';
import type { FieldSink } from '../../src/http/field.ts';

const sink: FieldSink = { begin() {}, write() {}, end() {}, fact() {} };

/** Bytes of a small input, how many of them make a large one, and how much slower a byte of the large one may be. */
const smallBytes = 32 * 1024;
const scale = 32;
const slowdownMax = 8;

/** Processor time is counted in ticks of the kernel. Added to both sides, so that a few ticks more do not matter. */
const tickMs = 10;

/**
 * Decodes 1 MiB as one input and as 32 inputs of 32 KiB, and compares the processor time: a quadratic step shows as a
 * factor of 32, however busy the machine is. Each is given whole and in chunks of 100 bytes. If the decoder fails (at a
 * limit), the work ends there.
 */
export function linearity(make: (sink: FieldSink) => Decoder, input: (bytes: number) => Uint8Array): void {
  for (const chunkBytes of [Number.POSITIVE_INFINITY, 100]) {
    const small = input(smallBytes);
    const large = input(scale * smallBytes);
    const smallMs = bestOf(3, () => {
      for (let time = 0; time < scale; time += 1) decode(make, small, chunkBytes);
    });
    const largeMs = bestOf(2, () => decode(make, large, chunkBytes));
    expect(
      largeMs + tickMs,
      `${largeMs.toFixed(1)} ms for 1 MiB, ${smallMs.toFixed(1)} ms for 32 times 32 KiB`,
    ).toBeLessThan(slowdownMax * (smallMs + tickMs));
  }
}

function decode(make: (sink: FieldSink) => Decoder, bytes: Uint8Array, chunkBytes: number): void {
  const decoder = make(sink);
  try {
    for (let offset = 0; offset < bytes.length; offset += chunkBytes) {
      decoder.write(bytes.subarray(offset, Math.min(bytes.length, offset + chunkBytes)));
    }
    decoder.end();
  } catch {
    return;
  }
}

/** The lowest processor time of this thread that the work took, in milliseconds: waiting on a busy machine does not count. */
function bestOf(rounds: number, work: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round += 1) {
    const start = process.threadCpuUsage();
    work();
    const { user, system } = process.threadCpuUsage(start);
    best = Math.min(best, (user + system) / 1_000);
  }
  return best;
}
