// Sets of bytes: what one position of a pattern can match. Knows bytes only.

const singles = new Map<number, ByteSet>();

/** An immutable set of bytes. */
export class ByteSet {
  /** Bit n of byte n>>3 stands for byte n. Borrowed: never write to it. */
  readonly bits: Uint8Array;
  #folded: ByteSet | undefined;
  #ranges: readonly (readonly [number, number])[] | undefined;

  constructor(bits: Uint8Array) {
    this.bits = bits;
  }

  /** The set of the given bytes. The same single byte gives the same object. */
  static of(...bytes: readonly number[]): ByteSet {
    const known = bytes.length === 1 ? singles.get(bytes[0] as number) : undefined;
    if (known !== undefined) return known;
    const set = ByteSet.ranges(bytes.map((byte) => [byte, byte] as const));
    if (bytes.length === 1) singles.set(bytes[0] as number, set);
    return set;
  }

  /** The union of inclusive ranges. */
  static ranges(ranges: readonly (readonly [number, number])[]): ByteSet {
    const bits = new Uint8Array(32);
    for (const [from, to] of ranges) {
      for (let byte = from; byte <= to; byte++) bits[byte >> 3] = (bits[byte >> 3] ?? 0) | (1 << (byte & 7));
    }
    return new ByteSet(bits);
  }

  has(byte: number): boolean {
    return ((this.bits[byte >> 3] ?? 0) & (1 << (byte & 7))) !== 0;
  }

  /** How many bytes are in the set. */
  get size(): number {
    let size = 0;
    for (let rest of this.bits) for (; rest !== 0; rest &= rest - 1) size++;
    return size;
  }

  /** The bytes in rising order. */
  *bytes(): Generator<number, void, undefined> {
    for (const [from, to] of this.toRanges()) for (let byte = from; byte <= to; byte++) yield byte;
  }

  union(other: ByteSet): ByteSet {
    const bits = new Uint8Array(32);
    for (let index = 0; index < 32; index++) bits[index] = (this.bits[index] ?? 0) | (other.bits[index] ?? 0);
    return new ByteSet(bits);
  }

  intersection(other: ByteSet): ByteSet {
    if (this.isSubsetOf(other)) return this;
    return new ByteSet(this.bits.map((byte, index) => byte & (other.bits[index] ?? 0)));
  }

  complement(): ByteSet {
    return new ByteSet(this.bits.map((byte) => ~byte));
  }

  equals(other: ByteSet): boolean {
    return this.bits.every((byte, index) => byte === other.bits[index]);
  }

  isSubsetOf(other: ByteSet): boolean {
    for (let index = 0; index < 32; index++) {
      if (((this.bits[index] ?? 0) & ~(other.bits[index] ?? 0)) !== 0) return false;
    }
    return true;
  }

  intersects(other: ByteSet): boolean {
    return this.bits.some((byte, index) => (byte & (other.bits[index] ?? 0)) !== 0);
  }

  /** The set with both cases of each ASCII letter in it. */
  foldAscii(): ByteSet {
    this.#folded ??= this.#fold();
    return this.#folded;
  }

  #fold(): ByteSet {
    const bits = this.bits.slice();
    for (let lower = 0x61; lower <= 0x7a; lower++) {
      const upper = lower - 0x20;
      if (this.has(lower)) bits[upper >> 3] = (bits[upper >> 3] ?? 0) | (1 << (upper & 7));
      if (this.has(upper)) bits[lower >> 3] = (bits[lower >> 3] ?? 0) | (1 << (lower & 7));
    }
    const isClosed = bits.every((byte, index) => byte === this.bits[index]);
    return isClosed ? this : new ByteSet(bits);
  }

  /** Inclusive ranges, rising and not touching. */
  toRanges(): readonly (readonly [number, number])[] {
    this.#ranges ??= this.#findRanges();
    return this.#ranges;
  }

  #findRanges(): readonly (readonly [number, number])[] {
    const ranges: [number, number][] = [];
    let from = -1;
    for (let byte = 0; byte <= 256; byte++) {
      const isIn = byte < 256 && ((this.bits[byte >> 3] as number) & (1 << (byte & 7))) !== 0;
      if (isIn && from < 0) from = byte;
      if (isIn || from < 0) continue;
      ranges.push([from, byte - 1]);
      from = -1;
    }
    return ranges;
  }
}

const digits = ByteSet.ranges([[0x30, 0x39]]);
const lower = ByteSet.ranges([[0x61, 0x7a]]);
const upper = ByteSet.ranges([[0x41, 0x5a]]);
const alpha = lower.union(upper);
const word = alpha.union(digits).union(ByteSet.of(0x5f));
const space = ByteSet.ranges([
  [0x09, 0x0d],
  [0x20, 0x20],
]);
const graph = ByteSet.ranges([[0x21, 0x7e]]);

/** Every byte. */
export const anyByte = ByteSet.ranges([[0, 255]]);

/** Every byte except newline. */
export const anyButNewline = ByteSet.of(0x0a).complement();

/** Word bytes for `\w` and `\b`, in ASCII. */
export const wordBytes = word;

/**
 * `\d` and so on by letter. PCRE 8.34 and later include byte 0x0B in `\s`. `\h` and `\v` include their byte above 0x7F, like PCRE
 * without UTF.
 */
export const escapeClasses: ReadonlyMap<string, ByteSet> = new Map([
  ['d', digits],
  ['D', digits.complement()],
  ['w', word],
  ['W', word.complement()],
  ['s', space],
  ['S', space.complement()],
  ['h', ByteSet.of(0x09, 0x20, 0xa0)],
  ['H', ByteSet.of(0x09, 0x20, 0xa0).complement()],
  ['v', ByteSet.of(0x0a, 0x0b, 0x0c, 0x0d, 0x85)],
  ['V', ByteSet.of(0x0a, 0x0b, 0x0c, 0x0d, 0x85).complement()],
]);

/** POSIX classes by name, ASCII as in the C locale. */
export const posixClasses: ReadonlyMap<string, ByteSet> = new Map([
  ['alnum', alpha.union(digits)],
  ['alpha', alpha],
  ['ascii', ByteSet.ranges([[0, 0x7f]])],
  ['blank', ByteSet.of(0x09, 0x20)],
  ['cntrl', ByteSet.ranges([[0, 0x1f]]).union(ByteSet.of(0x7f))],
  ['digit', digits],
  ['graph', graph],
  ['lower', lower],
  ['print', graph.union(ByteSet.of(0x20))],
  ['punct', new ByteSet(graph.bits.map((byte, index) => byte & ~(alpha.union(digits).bits[index] ?? 0)))],
  ['space', space],
  ['upper', upper],
  ['word', word],
  ['xdigit', digits.union(ByteSet.ranges([[0x41, 0x46]])).union(ByteSet.ranges([[0x61, 0x66]]))],
]);
