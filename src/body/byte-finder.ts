// Finds a byte sequence in a stream of pieces, in one pass (Knuth–Morris–Pratt), using the built-in search for long pieces. Keeps
// a number, no bytes. Knows no format.

/** Pieces up to this length are searched byte by byte, because a call of the built-in search costs more. */
const shortPieceBytes = 64;

/** Searches for one needle of at least one byte. */
export class ByteFinder {
  readonly #needle: Buffer;
  /** For each number of matched bytes: how many of them still match after a mismatch. */
  readonly #fallback: Uint16Array;
  #matched = 0;

  /** @param needle at most 65,535 bytes. */
  constructor(needle: Uint8Array) {
    this.#needle = Buffer.from(needle);
    this.#fallback = fallbackOf(needle);
  }

  /** Whether the needle ends in this piece of the stream; borrowed. */
  find(piece: Uint8Array): boolean {
    const overlap = this.#needle.length - 1;
    if (piece.length <= Math.max(shortPieceBytes, 2 * overlap)) return this.#step(piece, 0, piece.length);
    const isAcross = this.#step(piece, 0, overlap);
    const isInside = Buffer.from(piece.buffer, piece.byteOffset, piece.length).includes(this.#needle);
    this.#matched = 0;
    return this.#step(piece, piece.length - overlap, piece.length) || isAcross || isInside;
  }

  /** Says that the next piece does not follow the last one. */
  restart(): void {
    this.#matched = 0;
  }

  #step(piece: Uint8Array, start: number, end: number): boolean {
    const needle = this.#needle;
    let matched = this.#matched;
    let isFound = false;
    for (let at = start; at < end; at += 1) {
      while (matched > 0 && piece[at] !== needle[matched]) matched = this.#fallback[matched] as number;
      if (piece[at] === needle[matched]) matched += 1;
      if (matched === needle.length) {
        isFound = true;
        matched = this.#fallback[matched] as number;
      }
    }
    this.#matched = matched;
    return isFound;
  }
}

function fallbackOf(needle: Uint8Array): Uint16Array {
  const fallback = new Uint16Array(needle.length + 1);
  let matched = 0;
  for (let at = 1; at < needle.length; at += 1) {
    while (matched > 0 && needle[at] !== needle[matched]) matched = fallback[matched] as number;
    if (needle[at] === needle[matched]) matched += 1;
    fallback[at + 1] = matched;
  }
  return fallback;
}
