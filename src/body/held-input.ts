// What a decoder holds whose output is longer or shorter than its input: bytes held behind it cannot be counted in bytes of
// its own. Knows no format.

/** Counts input bytes up to the last point at which nothing of them was held, here or behind. */
export class HeldInput {
  #takenBytes = 0;
  #reportedBytes = 0;

  /** Input bytes since that point. */
  get bytes(): number {
    return this.#takenBytes - this.#reportedBytes;
  }

  /**
   * Notes what was read. `own`: how many of the last input bytes are kept here; `behind`: what the next decoder holds.
   * @param bytes input bytes taken since the last call.
   */
  note(bytes: number, held: { readonly own: number; readonly behind: number }): void {
    this.#takenBytes += bytes;
    if (held.behind === 0) this.#reportedBytes = Math.max(this.#reportedBytes, this.#takenBytes - held.own);
  }
}
