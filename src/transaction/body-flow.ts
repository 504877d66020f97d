// The bytes of one body, cut at multiples of the evaluation stride: whatever chunks they come in, rules are evaluated at
// the same offsets. Knows no decoder and no rule.

/** What a flow drives. Both are called with everything before `offset` already taken. */
export interface BodyFlowSteps {
  /** Takes bytes in; borrowed. */
  readonly take: (bytes: Uint8Array) => void;
  /** All bytes up to a multiple of the stride are in. Returns true when the flow must stop there. */
  readonly evaluate: () => boolean;
}

/** Counts and cuts. */
export class BodyFlow {
  readonly #steps: BodyFlowSteps;
  readonly #strideBytes: number;
  #bytes = 0;
  #evaluatedBytes = 0;
  #isStopped = false;

  constructor(strideBytes: number, steps: BodyFlowSteps) {
    this.#strideBytes = strideBytes;
    this.#steps = steps;
  }

  /** Bytes given so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes that were inspected and evaluated. */
  get evaluatedBytes(): number {
    return this.#evaluatedBytes;
  }

  /** Says that all bytes so far were evaluated, at whatever offset. */
  markEvaluated(): void {
    this.#evaluatedBytes = this.#bytes;
  }

  /** Takes a chunk, stride by stride; nothing after a stop is looked at. */
  write(chunk: Uint8Array): void {
    for (const _ of this.strides(chunk)) {
      // Every stride at once.
    }
  }

  /** The same with a pause after each stride, for callers who let others run in between. */
  *strides(chunk: Uint8Array): Generator<void, void, void> {
    let from = 0;
    while (from < chunk.length && !this.#isStopped) {
      const room = this.#strideBytes - (this.#bytes % this.#strideBytes);
      const to = Math.min(from + room, chunk.length);
      this.#steps.take(from === 0 && to === chunk.length ? chunk : chunk.subarray(from, to));
      this.#bytes += to - from;
      from = to;
      if (this.#bytes % this.#strideBytes !== 0) return;
      this.#isStopped = this.#steps.evaluate();
      this.#evaluatedBytes = this.#bytes;
      yield;
    }
  }
}
