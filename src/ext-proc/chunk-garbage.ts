// Has garbage collected by the bytes that came, not only by the objects that were made of them. Knows no stream.
//
// A chunk of 64 KiB is a small object that holds memory outside of V8's heap. V8 collects when its space for new objects
// is full of such small ones, hundreds of MiB of traffic later, and until then every buffer is kept: memory would go up and
// down by 50 MiB. A collection of new objects takes about a millisecond, a hundredth of what scanning those bytes takes.

/** Collects what is young and no longer used; undefined when Node was not started with `--expose-gc` (src/cli/heap.ts). */
function youngCollector(): (() => void) | undefined {
  const collect = globalThis.gc;
  return collect === undefined ? undefined : () => void collect({ type: 'minor' });
}

/** Counts bytes of all streams of a process. */
export class ChunkGarbage {
  readonly #bytesMax: number;
  readonly #collect: (() => void) | undefined;
  #bytes = 0;

  /** @param bytesMax bytes that may come between two collections. */
  constructor(bytesMax: number, collect: (() => void) | undefined = youngCollector()) {
    this.#bytesMax = bytesMax;
    this.#collect = collect;
  }

  /** Takes note of `bytes` that came in a buffer of their own. Collects when it is time. */
  received(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes < this.#bytesMax) return;
    this.#bytes = 0;
    this.#collect?.();
  }
}
