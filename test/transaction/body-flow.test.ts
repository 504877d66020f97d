import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BodyFlow, mayBeName, nextBorder, withoutLook } from '../../src/transaction/body-flow.ts';

const usual = { firstLookBytes: 10, evaluationStrideBytes: 10, pieceBytes: 4 };

/** A flow that gets chunks as from a side, and the offsets at which rules were evaluated. */
function flowOf({ cuts = {}, isDear = false, heldBytes = 0 } = {}) {
  const flow = new BodyFlow({ ...usual, ...cuts });
  const pieces: number[] = [];
  const evaluations: number[] = [];
  const looks: number[] = [];
  const write = (length: number): void => {
    for (let from = 0; from < length; ) {
      const piece = Math.min(flow.room, length - from);
      from += piece;
      pieces.push(piece);
      const border = flow.add(piece);
      flow.setCost(isDear);
      if (border === 'look') looks.push(flow.bytes);
      if (border !== 'stride') continue;
      evaluations.push(flow.bytes);
      flow.passStride(heldBytes);
    }
  };
  return { flow, write, evaluations, looks, pieces };
}

describe('BodyFlow', () => {
  it('evaluates rules at multiples of the stride, however the body is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 35 }), { maxLength: 12 }), (lengths) => {
        const { flow, write, evaluations } = flowOf();
        for (const length of lengths) write(length);
        const total = lengths.reduce((sum, length) => sum + length, 0);
        expect(evaluations).toStrictEqual(Array.from({ length: Math.floor(total / 10) }, (_, n) => (n + 1) * 10));
        expect(flow.evaluatedBytes).toBe(total - (total % 10));
        expect(flow.bytes).toBe(total);
      }),
    );
  });

  for (const [firstLookBytes, looks] of [
    [1, [1]],
    [5, [5]],
    [15, [15]],
    [16, []],
    [40, []],
  ] as const) {
    it(`evaluates them before the first stride at ${firstLookBytes} bytes, however the body is cut`, () => {
      for (const length of [1, 3, 7, 16, 40]) {
        const one = flowOf({ cuts: { firstLookBytes, evaluationStrideBytes: 16 } });
        for (let from = 0; from < 40; from += length) one.write(Math.min(length, 40 - from));
        expect(one.looks).toStrictEqual(looks);
        expect(one.evaluations).toStrictEqual([16, 32]);
      }
    });
  }

  it('gives no first look to a body that is declared to end within the first stride, and does not count the look as an evaluation', () => {
    for (const [expected, looks] of [
      [undefined, 1],
      [16, 0],
      [17, 1],
    ] as const) {
      const one = flowOf({ cuts: { firstLookBytes: 2, evaluationStrideBytes: 16 } });
      one.flow.expect(expected);
      one.write(15);
      expect(one.looks.length).toBe(looks);
      expect([one.flow.evaluatedBytes, one.flow.consideredBytes]).toStrictEqual([0, 0]);
    }
  });

  it('returns pieces that end at borders', () => {
    const { write, pieces } = flowOf();
    write(25);
    expect(pieces).toStrictEqual([4, 4, 2, 4, 4, 2, 4, 1]);
  });

  it('returns small pieces while they are expensive, and doubles them afterwards', () => {
    const cuts = { firstLookBytes: 16_384, evaluationStrideBytes: 16_384, pieceBytes: 4096 };
    const { flow, write, pieces } = flowOf({ cuts, isDear: true });
    write(8192);
    expect(pieces.slice(0, 3)).toStrictEqual([4096, 256, 256]);
    const rooms = Array.from({ length: 6 }, () => {
      flow.setCost(false);
      return flow.room;
    });
    expect(rooms).toStrictEqual([512, 1024, 2048, 4096, 4096, 4096]);
    const small = flowOf({ isDear: true });
    small.write(25);
    expect(small.evaluations).toStrictEqual([10, 20]);
  });

  it('takes as much as a border allows if no piece is more expensive than another', () => {
    const cuts = { firstLookBytes: 6, evaluationStrideBytes: 16, pieceBytes: 4 };
    const { flow, write, pieces, looks, evaluations } = flowOf({ cuts, isDear: true });
    flow.takeStrides();
    write(40);
    expect([pieces, looks, evaluations]).toStrictEqual([[6, 10, 16, 8], [6], [16, 32]]);
  });

  it('can be told that everything was evaluated', () => {
    const { flow, write } = flowOf();
    write(3);
    expect([flow.evaluatedBytes, flow.consideredBytes]).toStrictEqual([0, 0]);
    flow.markEvaluated(0);
    expect([flow.evaluatedBytes, flow.consideredBytes]).toStrictEqual([3, 3]);
  });

  it('does not count held bytes as evaluated until the body has ended', () => {
    const { flow, write } = flowOf({ heldBytes: 2 });
    write(10);
    expect([flow.evaluatedBytes, flow.consideredBytes]).toStrictEqual([8, 0]);
    flow.markEvaluated(2);
    expect([flow.evaluatedBytes, flow.consideredBytes]).toStrictEqual([8, 10]);
    flow.end();
    expect(flow.evaluatedBytes).toBe(10);
  });
});

describe('nextBorder', () => {
  it('comes after the bytes given', () => {
    const cuts = { firstLookBytes: 4, evaluationStrideBytes: 10, pieceBytes: 4 };
    expect([0, 3, 4, 9, 10, 19, 20].map((bytes) => nextBorder(bytes, cuts))).toStrictEqual([4, 4, 10, 10, 20, 20, 30]);
    expect([0, 4, 10].map((bytes) => nextBorder(bytes, withoutLook(cuts)))).toStrictEqual([10, 10, 20]);
  });
});

describe('mayBeName', () => {
  it.each([
    [1_023, false],
    [1_024, true],
    [8_192, true],
    [8_193, false],
  ])('of %i bytes that a decoder keeps: %s', (bytes, expected) => expect(mayBeName(bytes)).toBe(expected));
});
