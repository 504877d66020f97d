// How far a body has come, and where rules are evaluated in it: at multiples of the evaluation stride, and once before the first,
// whatever chunks its bytes come in. Counts only: knows no byte, no decoder and no rule.

import type { Limits } from '../base/limits.ts';

/** Where rules are evaluated: at a multiple of the stride, or once before the first multiple (the first look). */
export type Border = 'look' | 'stride';

/** Where a body is cut (base/limits.ts). */
export type BodyCuts = Pick<Limits, 'firstLookBytes' | 'evaluationStrideBytes' | 'pieceBytes'>;

/** Those of a body without a first look, as of a response: nothing of one goes uninspected, and no service acts on it. */
export function withoutLook({ evaluationStrideBytes, pieceBytes }: BodyCuts): BodyCuts {
  return { firstLookBytes: Infinity, evaluationStrideBytes, pieceBytes };
}

/** The offset at which rules are evaluated next, after so many bytes. */
export function nextBorder(bytes: number, { firstLookBytes, evaluationStrideBytes }: BodyCuts): number {
  if (firstLookBytes < evaluationStrideBytes && bytes < firstLookBytes) return firstLookBytes;
  return bytes + evaluationStrideBytes - (bytes % evaluationStrideBytes);
}

/** The smallest piece taken at once: pieces are small while they leave much work. */
const pieceBytesMin = 256;
/** If a decoder keeps this much, it may be a name that counts for every element of the list that follows: then pieces are small. */
const keptNameBytes = { min: 1024, max: 8 * 1024 };

/** Whether a decoder may keep a name in so many bytes. */
export function mayBeName(keptBytes: number): boolean {
  return keptBytes >= keptNameBytes.min && keptBytes <= keptNameBytes.max;
}

/** The bytes of one body: how many were given, evaluated and considered. */
export class BodyFlow {
  #cuts: BodyCuts;
  #bytes = 0;
  #pieceBytes: number;
  #hasEqualPieces = false;
  #evaluatedBytes = 0;
  #consideredBytes = 0;

  constructor(cuts: BodyCuts) {
    this.#cuts = cuts;
    this.#pieceBytes = cuts.pieceBytes;
  }

  /** Sets the expected length of the body. One that ends within the first stride gets no first look: its end comes as soon. */
  expect(bytes: number | undefined): void {
    if (bytes !== undefined && bytes <= this.#cuts.evaluationStrideBytes) this.#cuts = withoutLook(this.#cuts);
  }

  /** Takes as much at once as the next border allows: for a body that becomes one raw value, whose bytes all cost the same. */
  takeStrides(): void {
    this.#pieceBytes = this.#cuts.evaluationStrideBytes;
    this.#hasEqualPieces = true;
  }

  /** Bytes given so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes that were inspected and evaluated: without those that a decoder still keeps. */
  get evaluatedBytes(): number {
    return this.#evaluatedBytes;
  }

  /** Bytes that had been given when rules were evaluated last: to evaluate them again would show nothing new. A stride that leaves something undecided is no such place. */
  get consideredBytes(): number {
    return this.#consideredBytes;
  }

  /** How many bytes may be given at once: none of them is after the next border. At least one. */
  get room(): number {
    return Math.min(nextBorder(this.#bytes, this.#cuts) - this.#bytes, this.#pieceBytes);
  }

  /** Counts bytes that were given, at most `room`. Returns the border that they reach. */
  add(bytes: number): Border | undefined {
    const border = nextBorder(this.#bytes, this.#cuts);
    this.#bytes += bytes;
    if (this.#bytes < border) return undefined;
    return border < this.#cuts.evaluationStrideBytes ? 'look' : 'stride';
  }

  /** Says whether the bytes given last may cost much: then few are taken at once, until they do not. */
  setCost(isHigh: boolean): void {
    if (this.#hasEqualPieces) return;
    const { pieceBytes } = this.#cuts;
    this.#pieceBytes = Math.min(isHigh ? pieceBytesMin : 2 * this.#pieceBytes, pieceBytes);
  }

  /** Rules were evaluated at a stride. @param heldBytes how many of the last bytes they have not seen in full. */
  passStride(heldBytes: number): void {
    this.#evaluatedBytes = Math.max(this.#evaluatedBytes, this.#bytes - heldBytes);
    if (heldBytes === 0) this.#consideredBytes = this.#bytes;
  }

  /** Rules were evaluated over all bytes so far, at whatever offset. @param heldBytes as for `passStride`. */
  markEvaluated(heldBytes: number): void {
    this.#consideredBytes = this.#bytes;
    this.#evaluatedBytes = Math.max(this.#evaluatedBytes, this.#bytes - heldBytes);
  }

  /** The body is complete, and rules were evaluated over all of it. */
  end(): void {
    this.#consideredBytes = this.#bytes;
    this.#evaluatedBytes = this.#bytes;
  }
}
