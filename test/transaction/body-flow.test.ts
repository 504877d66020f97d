import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BodyFlow } from '../../src/transaction/body-flow.ts';

/** A flow with a stride of 10 bytes that stops at an offset, and what happened to it. */
function flowOf(stopAt = Infinity) {
  let taken = 0;
  const evaluations: number[] = [];
  const flow = new BodyFlow(10, {
    take: (bytes) => {
      taken += bytes.length;
    },
    evaluate: () => {
      evaluations.push(taken);
      return taken >= stopAt;
    },
  });
  return { flow, evaluations, takenBytes: () => taken };
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
    const { flow, takenBytes } = flowOf(20);
    flow.write(Buffer.alloc(35));
    flow.write(Buffer.alloc(5));
    assert.equal(takenBytes(), 20);
    assert.equal(flow.bytes, 20);
  });

  it('pauses after each stride for callers who want it', () => {
    const { flow, takenBytes } = flowOf();
    const seen: number[] = [];
    for (const _ of flow.strides(Buffer.alloc(25))) seen.push(takenBytes());
    assert.deepEqual(seen, [10, 20]);
    assert.equal(takenBytes(), 25);
  });

  it('can be told that all was evaluated', () => {
    const { flow } = flowOf();
    flow.write(Buffer.alloc(3));
    assert.equal(flow.evaluatedBytes, 0);
    flow.markEvaluated();
    assert.equal(flow.evaluatedBytes, 3);
  });
});
