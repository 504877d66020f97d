// The open elements of an XML body: their number and a hash of each name, so that end tags can be checked without keeping names.
// Knows no markup.

const hashSeed = 0x811c9dc5;
const hashPrime = 0x01000193;

/** A stack of open elements, at most `depthMax`. */
export class ElementStack {
  readonly #depthMax: number;
  #hashes = new Int32Array(16);
  #depth = 0;
  #lowestDepth = 0;
  #hash = hashSeed;
  #roots = 0;

  constructor(depthMax: number) {
    this.#depthMax = depthMax;
  }

  /** Open elements. */
  get depth(): number {
    return this.#depth;
  }

  /** The lowest depth since the last `markDepth`. */
  get lowestDepth(): number {
    return this.#lowestDepth;
  }

  /** Starts to track the lowest depth. */
  markDepth(): void {
    this.#lowestDepth = this.#depth;
  }

  /** Whether any element has been opened. */
  get hasRoot(): boolean {
    return this.#roots > 0;
  }

  /** Whether the element opened last is a second outermost element. */
  get isSecondRoot(): boolean {
    return this.#roots > 1 && this.#depth === 1;
  }

  /** The name of a tag begins. */
  startName(): void {
    this.#hash = hashSeed;
  }

  /** One byte of the tag's name (FNV-1a, 32 bits). */
  nameByte(byte: number): void {
    this.#hash = Math.imul(this.#hash ^ byte, hashPrime);
  }

  /** Opens the element named last; returns `false`, with nothing changed, if that is one level too many. */
  enter(): boolean {
    if (this.#depth === this.#depthMax) return false;
    if (this.#depth === this.#hashes.length) {
      const grown = new Int32Array(Math.min(this.#depthMax, this.#depth * 2));
      grown.set(this.#hashes);
      this.#hashes = grown;
    }
    if (this.#depth === 0) this.#roots += 1;
    this.#hashes[this.#depth] = this.#hash;
    this.#depth += 1;
    return true;
  }

  /** Closes the innermost element; returns `false` if none is open or the tag has a different name. */
  leave(): boolean {
    if (this.#depth === 0) return false;
    this.leaveEmpty();
    return this.#hashes[this.#depth] === (this.#hash | 0);
  }

  /** Closes the element opened last, whose tag was empty. */
  leaveEmpty(): void {
    this.#depth -= 1;
    this.#lowestDepth = Math.min(this.#lowestDepth, this.#depth);
  }
}
