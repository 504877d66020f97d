import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { runAtOnce, type Steps } from '../../src/base/turn.ts';
import { BodyFlow } from '../../src/transaction/body-flow.ts';

/** A flow with a stride of 10 bytes that stops at an offset, and what happened to it. */
function flowOf({ stopAt = Infinity, isDear = false, pieceBytes = 4, heldBytes = 0 } = {}) {
  let taken = 0;
  const pieces: number[] = [];
  const evaluations: number[] = [];
  const flow = new BodyFlow(
    { strideBytes: 10, pieceBytes },
    {
      *take(bytes): Steps<boolean> {
        taken += bytes.length;
        pieces.push(bytes.length);
        yield;
        return isDear;
      },
      *evaluate(): Steps<boolean> {
        yield;
        evaluations.push(taken);
        return taken >= stopAt;
      },
      heldBytes: () => heldBytes,
    },
  );
  return { flow, evaluations, pieces, takenBytes: () => taken };
}

/** Steps that are none. */
// biome-ignore lint/correctness/useYield: it answers at once.
function* never<Result>(result: Result): Steps<Result> {
  return result;
}

describe('BodyFlow', () => {
  it('evaluates at multiples of the stride, however the body is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 35 }), { maxLength: 12 }), (lengths) => {
        const { flow, evaluations, takenBytes } = flowOf();
        for (const length of lengths) flow.write(Buffer.alloc(length));
        const total = lengths.reduce((sum, length) => sum + length, 0);
        assert.equal(takenBytes(), total);
        assert.deepEqual(
          evaluations,
          Array.from({ length: Math.floor(total / 10) }, (_, n) => (n + 1) * 10),
        );
        assert.equal(flow.evaluatedBytes, total - (total % 10));
        assert.equal(flow.bytes, total);
      }),
    );
  });

  it('takes nothing after a stop', () => {
    const { flow, takenBytes } = flowOf({ stopAt: 20 });
    flow.write(Buffer.alloc(35));
    flow.write(Buffer.alloc(5));
    assert.equal(takenBytes(), 20);
    assert.equal(flow.bytes, 20);
  });

  it('takes pieces for callers who go step by step', () => {
    const { flow, takenBytes } = flowOf();
    const seen: number[] = [];
    for (const _ of flow.writeInSteps(Buffer.alloc(25))) seen.push(takenBytes());
    assert.deepEqual(seen, [4, 8, 10, 10, 14, 18, 20, 20, 24, 25]);
  });

  it('takes small pieces while they are dear', () => {
    const dear = flowOf({ isDear: true, pieceBytes: 4096 });
    const cheap = flowOf({ pieceBytes: 4096 });
    const big = new BodyFlow(
      { strideBytes: 16_384, pieceBytes: 4096 },
      {
        take: (bytes) => never(sizes.push(bytes.length) > 0),
        evaluate: () => never(false),
        heldBytes: () => 0,
      },
    );
    const sizes: number[] = [];
    runAtOnce(big.writeInSteps(Buffer.alloc(8192)));
    assert.deepEqual(sizes.slice(0, 3), [4096, 256, 256]);
    dear.flow.write(Buffer.alloc(25));
    cheap.flow.write(Buffer.alloc(25));
    assert.deepEqual(cheap.pieces, [10, 10, 5]);
    assert.deepEqual(dear.evaluations, cheap.evaluations);
  });

  it('can be told that all was evaluated', () => {
    const { flow } = flowOf();
    flow.write(Buffer.alloc(3));
    assert.deepEqual([flow.evaluatedBytes, flow.settledBytes], [0, 0]);
    flow.settle();
    assert.deepEqual([flow.evaluatedBytes, flow.settledBytes], [3, 3]);
  });

  it('does not take for evaluated what is held, until the body has ended', () => {
    const { flow } = flowOf({ heldBytes: 2 });
    flow.write(Buffer.alloc(10));
    assert.deepEqual([flow.evaluatedBytes, flow.settledBytes], [8, 10]);
    flow.settle();
    assert.equal(flow.evaluatedBytes, 8);
    flow.end();
    assert.equal(flow.evaluatedBytes, 10);
  });
});
