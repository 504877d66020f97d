import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constants } from '../../src/base/constants.ts';
import { heldBytesMaxOf, piecesOf } from '../../src/embed/gate.ts';

const { guardedPieceBytesMax } = constants;

describe('piecesOf', () => {
  it('returns all of a chunk, in order, in pieces that are not too large', () => {
    fc.assert(
      fc.property(fc.nat(3 * guardedPieceBytesMax), (bytes) => {
        const chunk = Buffer.alloc(bytes, 'abcdefg');
        const pieces = [...piecesOf(chunk)];
        expect(Buffer.concat(pieces).equals(chunk)).toBe(true);
        expect(pieces.every(({ length }) => length > 0 && length <= guardedPieceBytesMax)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('copies nothing', () => {
    const chunk = Buffer.alloc(guardedPieceBytesMax + 1);
    expect([...piecesOf(chunk)].map(({ buffer }) => buffer === chunk.buffer)).toStrictEqual([true, true]);
  });
});

describe('heldBytesMaxOf', () => {
  it('leaves room for the piece after which the oldest is released', () => {
    expect(heldBytesMaxOf(1_000)).toBe(1_000 + guardedPieceBytesMax);
  });
});
