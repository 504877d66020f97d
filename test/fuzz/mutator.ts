// Inputs made of other inputs: bytes changed, pieces copied, moved, repeated and removed, words inserted. Seeded.

/** A small generator of numbers: the same on every machine. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed ^ 0x9e3779b9) >>> 0;
  }

  /** A whole number from 0 up to `end` (mulberry32; excluding `end`). */
  below(end: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * end);
  }

  /** One of a list that is not empty. */
  pick<Value>(values: readonly Value[]): Value {
    return values[this.below(values.length)] as Value;
  }
}

/** The options for making inputs. */
export interface MutatorOptions {
  readonly random: Random;
  readonly inputBytesMax: number;
  /** Words worth inserting. */
  readonly words: readonly Uint8Array[];
}

const oddBytes = [
  0, 1, 9, 10, 13, 0x1f, 0x20, 0x22, 0x25, 0x26, 0x27, 0x2b, 0x2d, 0x3c, 0x3d, 0x5c, 0x7f, 0x80, 0xc0, 0xff,
];
const stackedMax = 6;
/** Lengths at which parsers change their behaviour: blocks, names, windows. */
const longRuns = [16, 33, 64, 255, 257, 512, 1025, 4096, 4097, 9000];

type Mutation = (input: Buffer, other: Uint8Array) => Buffer;

/** Makes inputs. */
export class Mutator {
  readonly #random: Random;
  readonly #options: MutatorOptions;
  readonly #mutations: readonly Mutation[];

  constructor(options: MutatorOptions) {
    this.#options = options;
    this.#random = options.random;
    this.#mutations = [
      (input) => this.#overwrite(input, Buffer.from([this.#oddByte()])),
      (input) => this.#flipBit(input),
      (input) => this.#addToByte(input),
      (input) => this.#insert(input, Buffer.from([this.#oddByte()])),
      (input) => this.#insert(input, this.#word()),
      (input) => this.#insert(input, this.#word()),
      (input) => this.#overwrite(input, this.#word()),
      (input) => this.#remove(input),
      (input) => this.#remove(input),
      (input) => this.#insert(input, this.#pieceOf(input)),
      (input) => this.#overwrite(input, this.#pieceOf(input)),
      (input, other) => this.#insert(input, this.#pieceOf(other)),
      (input, other) => this.#overwrite(input, this.#pieceOf(other)),
      (input, other) => Buffer.concat([this.#beginOf(input), this.#endOf(other)]),
      (input) => this.#repeat(input),
    ];
  }

  /** A changed copy of `input`; `other` is one to take pieces from. */
  mutate(input: Uint8Array, other: Uint8Array): Uint8Array {
    let changed: Buffer = Buffer.from(input);
    const rounds = 1 + this.#random.below(stackedMax);
    for (let round = 0; round < rounds; round += 1) changed = this.#random.pick(this.#mutations)(changed, other);
    return Uint8Array.from(changed.subarray(0, this.#options.inputBytesMax));
  }

  #oddByte(): number {
    return this.#random.below(2) === 0 ? this.#random.pick(oddBytes) : this.#random.below(256);
  }

  #word(): Uint8Array {
    const { words } = this.#options;
    return words.length === 0 ? Buffer.from([this.#oddByte()]) : this.#random.pick(words);
  }

  #pieceOf(input: Uint8Array): Uint8Array {
    const start = this.#random.below(input.length);
    const bytesMax = this.#random.below(4) === 0 ? input.length : 24;
    return input.subarray(start, start + 1 + this.#random.below(bytesMax));
  }

  #beginOf(input: Uint8Array): Uint8Array {
    return input.subarray(0, this.#random.below(input.length + 1));
  }

  #endOf(input: Uint8Array): Uint8Array {
    return input.subarray(this.#random.below(input.length + 1));
  }

  #insert(input: Buffer, piece: Uint8Array): Buffer {
    const at = this.#random.below(input.length + 1);
    return Buffer.concat([input.subarray(0, at), piece, input.subarray(at)]);
  }

  #overwrite(input: Buffer, piece: Uint8Array): Buffer {
    const at = this.#random.below(input.length + 1);
    return Buffer.concat([input.subarray(0, at), piece, input.subarray(at + piece.length)]);
  }

  #remove(input: Buffer): Buffer {
    const at = this.#random.below(input.length + 1);
    const length = 1 + this.#random.below(this.#random.below(3) === 0 ? input.length + 1 : 8);
    return Buffer.concat([input.subarray(0, at), input.subarray(at + length)]);
  }

  #flipBit(input: Buffer): Buffer {
    const at = this.#random.below(input.length);
    if (input.length > 0) input[at] = (input[at] as number) ^ (1 << this.#random.below(8));
    return input;
  }

  #addToByte(input: Buffer): Buffer {
    const at = this.#random.below(input.length);
    if (input.length > 0) input[at] = ((input[at] as number) + this.#random.below(17) - 8) & 0xff;
    return input;
  }

  /** A piece over and over, seldom very often. */
  #repeat(input: Buffer): Buffer {
    const piece = this.#random.below(2) === 0 ? this.#pieceOf(input).subarray(0, 8) : this.#word();
    const bytes = this.#random.below(8) === 0 ? this.#random.pick(longRuns) : 2 + this.#random.below(40);
    if (piece.length === 0) return input;
    return this.#insert(input, Buffer.alloc(bytes, piece));
  }
}
