// Counts held input bytes of a decoder whose output is longer or shorter than its input, so that bytes held after it cannot be
// counted directly. Knows no format.

/** Counts input bytes since the last point at which nothing was held, here or after it. */
export class HeldInput {
  #takenBytes = 0;
  #reportedBytes = 0;

  /** Input bytes since that point. */
  get bytes(): number {
    return this.#takenBytes - this.#reportedBytes;
  }

  /**
   * Records what was read. `own`: how many of the last input bytes are kept here; `behind`: how many bytes the next decoder
   * holds.
   * @param bytes input bytes taken since the last call.
   */
  note(bytes: number, held: { readonly own: number; readonly behind: number }): void {
    this.#takenBytes += bytes;
    if (held.behind === 0) this.#reportedBytes = Math.max(this.#reportedBytes, this.#takenBytes - held.own);
  }
}
