import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runAtOnce, type Steps } from '../../src/base/turn.ts';
import { BodyFlow } from '../../src/transaction/body-flow.ts';

/** A flow with a stride of 10 bytes that stops at an offset, and what happened to it. */
function flowOf({
  stopAt = Infinity,
  isDear = false,
  pieceBytes = 4,
  heldBytes = 0,
  firstLookBytes = 10,
  evaluationStrideBytes = 10,
} = {}) {
  let taken = 0;
  const pieces: number[] = [];
  const evaluations: number[] = [];
  const looks: string[] = [];
  const flow = new BodyFlow(
    { firstLookBytes, evaluationStrideBytes, pieceBytes },
    {
      *take(bytes): Steps<boolean> {
        taken += bytes.length;
        pieces.push(bytes.length);
        yield;
        return isDear;
      },
      *evaluate(border): Steps<boolean> {
        yield;
        if (border === 'stride') evaluations.push(taken);
        else looks.push(`look ${taken}`);
        return taken >= stopAt;
      },
      heldBytes: () => heldBytes,
    },
  );
  return { flow, evaluations, looks, pieces, takenBytes: () => taken };
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
        expect(takenBytes()).toBe(total);
        expect(evaluations).toStrictEqual(Array.from({ length: Math.floor(total / 10) }, (_, n) => (n + 1) * 10));
        expect(flow.evaluatedBytes).toBe(total - (total % 10));
        expect(flow.bytes).toBe(total);
      }),
    );
  });

  for (const [bounds, looks] of [
    [{ firstLookBytes: 1 }, ['look 1']],
    [{ firstLookBytes: 5 }, ['look 5']],
    [{ firstLookBytes: 15 }, ['look 15']],
    [{ firstLookBytes: 16 }, []],
    [{ firstLookBytes: 40 }, []],
  ] as const) {
    it(`looks before the first stride, with ${JSON.stringify(bounds)}, however the body is cut`, () => {
      for (const length of [1, 3, 7, 16, 40]) {
        const one = flowOf({ ...bounds, evaluationStrideBytes: 16 });
        for (let from = 0; from < 40; from += length) one.flow.write(Buffer.alloc(Math.min(length, 40 - from)));
        expect(one.looks).toStrictEqual(looks);
        expect(one.evaluations).toStrictEqual([16, 32]);
      }
    });
  }

  it('does not look at a body that says it ends within the first stride, nor take the look for an evaluation', () => {
    for (const [expected, looks] of [
      [undefined, 1],
      [16, 0],
      [17, 1],
    ] as const) {
      const one = flowOf({ firstLookBytes: 2, evaluationStrideBytes: 16 });
      one.flow.expect(expected);
      one.flow.write(Buffer.alloc(15));
      expect(one.looks.length).toBe(looks);
      expect([one.flow.evaluatedBytes, one.flow.consideredBytes]).toStrictEqual([0, 0]);
    }
  });

  it('takes nothing after a stop', () => {
    const { flow, takenBytes } = flowOf({ stopAt: 20 });
    flow.write(Buffer.alloc(35));
    flow.write(Buffer.alloc(5));
    expect(takenBytes()).toBe(20);
    expect(flow.bytes).toBe(20);
  });

  it('takes pieces for callers who go step by step', () => {
    const { flow, takenBytes } = flowOf();
    const seen: number[] = [];
    for (const _ of flow.writeInSteps(Buffer.alloc(25))) seen.push(takenBytes());
    expect(seen).toStrictEqual([4, 8, 10, 10, 14, 18, 20, 20, 24, 25]);
  });

  it('takes small pieces while they are dear', () => {
    const dear = flowOf({ isDear: true, pieceBytes: 4096 });
    const cheap = flowOf({ pieceBytes: 4096 });
    const big = new BodyFlow(
      { firstLookBytes: 16_384, evaluationStrideBytes: 16_384, pieceBytes: 4096 },
      {
        take: (bytes) => never(sizes.push(bytes.length) > 0),
        evaluate: () => never(false),
        heldBytes: () => 0,
      },
    );
    const sizes: number[] = [];
    runAtOnce(big.writeInSteps(Buffer.alloc(8192)));
    expect(sizes.slice(0, 3)).toStrictEqual([4096, 256, 256]);
    dear.flow.write(Buffer.alloc(25));
    cheap.flow.write(Buffer.alloc(25));
    expect(cheap.pieces).toStrictEqual([10, 10, 5]);
    expect(dear.evaluations).toStrictEqual(cheap.evaluations);
  });

  it.each([
    [1_000, [4096, 4096]],
    [1_024, [4096, 256, 256]],
    [8_192, [4096, 256, 256]],
    [8_193, [4096, 4096]],
  ])('takes small pieces while %i bytes are kept, which may be a name', (heldBytes, expected) => {
    const { flow, pieces } = flowOf({
      heldBytes,
      pieceBytes: 4096,
      evaluationStrideBytes: 16_384,
      firstLookBytes: 16_384,
    });
    flow.write(Buffer.alloc(8192));
    expect(pieces.slice(0, expected.length)).toStrictEqual(expected);
  });

  it('can be told that all was evaluated', () => {
    const { flow } = flowOf();
    flow.write(Buffer.alloc(3));
    expect([flow.evaluatedBytes, flow.consideredBytes]).toStrictEqual([0, 0]);
    flow.markEvaluated();
    expect([flow.evaluatedBytes, flow.consideredBytes]).toStrictEqual([3, 3]);
  });

  it('does not take for evaluated what is held, until the body has ended', () => {
    const { flow } = flowOf({ heldBytes: 2 });
    flow.write(Buffer.alloc(10));
    expect([flow.evaluatedBytes, flow.consideredBytes]).toStrictEqual([8, 0]);
    flow.markEvaluated();
    expect(flow.evaluatedBytes).toBe(8);
    flow.end();
    expect(flow.evaluatedBytes).toBe(10);
  });
});
