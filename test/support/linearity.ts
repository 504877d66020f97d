// Asserts that a decoder's work grows no faster than its input.

import assert from 'node:assert/strict';
import type { Decoder } from '../../src/body/decoder.ts';
import type { FieldSink } from '../../src/http/field.ts';

const sink: FieldSink = { begin() {}, write() {}, end() {}, fact() {} };

/**
 * Decodes inputs of 32 KiB and of 1 MiB, and compares the time for a byte: a quadratic step shows as a factor of 32, a
 * busy machine as a factor of two or three. Each is given whole and in chunks of 100 bytes. Failures of the decoder
 * (a limit) are fine: they end the work.
 */
export function linearity(make: (sink: FieldSink) => Decoder, input: (bytes: number) => Uint8Array): void {
  for (const chunkBytes of [Number.POSITIVE_INFINITY, 100]) {
    const small = input(32 * 1024);
    const large = input(1024 * 1024);
    const nsSmall = Math.max(1, bestOf(9, () => decode(make, small, chunkBytes)) / small.length);
    const nsLarge = bestOf(2, () => decode(make, large, chunkBytes)) / large.length;
    assert.ok(
      nsLarge / nsSmall < 8,
      `${nsSmall.toFixed(1)} ns for a byte of 32 KiB, ${nsLarge.toFixed(1)} ns for a byte of 1 MiB`,
    );
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

function bestOf(rounds: number, work: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round += 1) {
    const start = process.hrtime.bigint();
    work();
    best = Math.min(best, Number(process.hrtime.bigint() - start));
  }
  return best;
}
