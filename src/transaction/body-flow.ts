// The bytes of one body, cut at multiples of the evaluation stride, and once before the first: rules are evaluated at the same
// offsets, however the body is split into chunks. Knows no decoder and no rule.

import type { Limits } from '../base/limits.ts';
import { runAtOnce, type Steps } from '../base/turn.ts';

/** Where rules are evaluated: at a multiple of the stride, or once before the first multiple (the first look). */
export type Border = 'look' | 'stride';

/** What a flow calls. */
export interface BodyFlowSteps {
  /** Takes bytes; borrowed until the steps are done. Returns whether they left work for later turns. */
  readonly take: (bytes: Uint8Array) => Steps<boolean>;
  /** All bytes up to a border have been taken. Returns true if the flow must stop there. */
  readonly evaluate: (border: Border) => Steps<boolean>;
  /** How many of the bytes taken are still kept by a decoder, so that rules have not fully seen them. */
  readonly heldBytes: () => number;
}

/** Where a flow cuts (base/limits.ts). */
export type BodyCuts = Pick<Limits, 'firstLookBytes' | 'evaluationStrideBytes' | 'pieceBytes'>;

/** Those of a response. A look at one is not worth its cost: nothing of it goes uninspected, and no service acts on it. */
export function responseCutsOf({ evaluationStrideBytes, pieceBytes }: BodyCuts): BodyCuts {
  return { firstLookBytes: Infinity, evaluationStrideBytes, pieceBytes };
}

/** The smallest piece taken at once: pieces are small while they leave much work. */
const pieceBytesMin = 256;
/** If a decoder keeps this much, it may be a name that counts for every element of the list that follows: then pieces are small. */
const keptNameBytes = { min: 1024, max: 8 * 1024 };

/** Counts and cuts. */
export class BodyFlow {
  readonly #steps: BodyFlowSteps;
  readonly #cuts: BodyCuts;
  #bytes = 0;
  #pieceBytes: number;
  #evaluatedBytes = 0;
  #consideredBytes = 0;
  #isStopped = false;
  #hasLook = true;

  constructor(cuts: BodyCuts, steps: BodyFlowSteps) {
    this.#cuts = cuts;
    this.#pieceBytes = cuts.pieceBytes;
    this.#steps = steps;
  }

  /** Sets the expected length of the body. One that ends within the first stride gets no first look: its end comes as soon. */
  expect(bytes: number | undefined): void {
    this.#hasLook = bytes === undefined || bytes > this.#cuts.evaluationStrideBytes;
  }

  /** Bytes given so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes that were inspected and evaluated: without those that a decoder still keeps. */
  get evaluatedBytes(): number {
    return this.#evaluatedBytes;
  }

  /**
   * Bytes that had been given at the last evaluation: evaluating again would find nothing new. An evaluation at a stride that
   * left something undecided does not count.
   */
  get consideredBytes(): number {
    return this.#consideredBytes;
  }

  /** Says that rules were evaluated over all bytes so far, at whatever offset. */
  markEvaluated(): void {
    this.#consideredBytes = this.#bytes;
    this.#evaluatedBytes = Math.max(this.#evaluatedBytes, this.#bytes - this.#steps.heldBytes());
  }

  /** Marks the body as complete and evaluated. */
  end(): void {
    this.#consideredBytes = this.#bytes;
    this.#evaluatedBytes = this.#bytes;
  }

  /** Takes a chunk, piece by piece and stride by stride; after a stop, further bytes are not inspected. */
  write(chunk: Uint8Array): void {
    runAtOnce(this.writeInSteps(chunk));
  }

  /** The same in steps. */
  *writeInSteps(chunk: Uint8Array): Steps<void> {
    const { pieceBytes } = this.#cuts;
    let from = 0;
    while (from < chunk.length && !this.#isStopped) {
      const border = this.#nextBorder();
      const room = Math.min(border - this.#bytes, this.#pieceBytes);
      const to = Math.min(from + room, chunk.length);
      const isDear = yield* this.#steps.take(from === 0 && to === chunk.length ? chunk : chunk.subarray(from, to));
      this.#bytes += to - from;
      from = to;
      const mayBeDear = isDear || this.#keepsName();
      this.#pieceBytes = mayBeDear ? Math.min(pieceBytesMin, pieceBytes) : Math.min(2 * this.#pieceBytes, pieceBytes);
      if (this.#bytes < border) continue;
      this.#isStopped = yield* this.#reach(border);
    }
  }

  #keepsName(): boolean {
    const kept = this.#steps.heldBytes();
    return kept >= keptNameBytes.min && kept <= keptNameBytes.max;
  }

  #nextBorder(): number {
    const { firstLookBytes, evaluationStrideBytes: strideBytes } = this.#cuts;
    if (this.#hasLook && firstLookBytes < strideBytes && this.#bytes < firstLookBytes) return firstLookBytes;
    return this.#bytes + strideBytes - (this.#bytes % strideBytes);
  }

  *#reach(border: number): Steps<boolean> {
    if (border < this.#cuts.evaluationStrideBytes) return yield* this.#steps.evaluate('look');
    const isStopped = yield* this.#steps.evaluate('stride');
    const decidedBytes = this.#bytes - this.#steps.heldBytes();
    this.#evaluatedBytes = Math.max(this.#evaluatedBytes, decidedBytes);
    if (decidedBytes === this.#bytes) this.#consideredBytes = this.#bytes;
    return isStopped;
  }
}
