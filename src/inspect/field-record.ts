// One field after it was scanned, as rules see it: kind, name, length, and its bytes while they are kept. Knows no pattern and no
// rule.

import { foldAscii, toByteString, toBytes } from '../base/bytes.ts';
import type { FieldKind } from '../plan/field-kind.ts';

const noBytes = new Uint8Array(0);
/** Up to this length a value takes less memory as text: an array has an overhead of some 200 bytes. */
const textLengthMax = 512;

/** A field's value, borrowed. Created on demand: few are needed, and a view costs as much as decoding a short field. */
export type ValueView = () => Uint8Array;

/** A field. `order` ascends in the order in which fields began. */
export class FieldRecord {
  readonly kind: FieldKind;
  /** As received; empty for fields without a name. */
  readonly name: string;
  readonly order: number;
  /** Whether it is an alternate reading of another field: rules look for patterns in it, but do not count it. */
  readonly isReading: boolean;
  /** Length of the value in bytes, including what is not kept; grows while the field is open. */
  length = 0;
  #key: string | undefined;
  #text: string | undefined;
  #bytes: Uint8Array | undefined;

  constructor(field: {
    readonly kind: FieldKind;
    readonly name: string;
    readonly order: number;
    readonly isReading?: boolean;
  }) {
    this.isReading = field.isReading === true;
    this.kind = field.kind;
    this.name = field.name;
    this.order = field.order;
  }

  /** The name in lower case, for selectors. */
  get key(): string {
    this.#key ??= foldAscii(this.name);
    return this.#key;
  }

  /** True if every byte of the value is kept. */
  get isWhole(): boolean {
    return this.length === this.keptLength;
  }

  /** Bytes of the value that are kept. */
  get keptLength(): number {
    return this.#text?.length ?? this.#bytes?.length ?? 0;
  }

  /** True if some of the value is kept. */
  get hasValue(): boolean {
    return this.#text !== undefined || this.#bytes !== undefined;
  }

  /** Keeps a value that is a byte string. */
  keepText(text: string): void {
    this.#text = text;
    this.length = text.length;
  }

  /** Keeps a copy of bytes: the whole value, or its beginning. Does not change `length`. */
  keepBytes(bytes: Uint8Array): void {
    const isShort = bytes.length <= textLengthMax;
    this.#text = isShort ? toByteString(bytes) : undefined;
    // Not `slice`: for a Buffer that is a view, and the caller reuses its memory.
    this.#bytes = isShort ? undefined : new Uint8Array(bytes);
  }

  /** Drops the value. Does not change `length`. */
  forget(): void {
    this.#bytes = undefined;
    this.#text = undefined;
  }

  /** The whole value, if it was kept as text. */
  get wholeText(): string | undefined {
    return this.#text?.length === this.length ? this.#text : undefined;
  }

  /** The kept part of the value. Borrowed. */
  get bytes(): Uint8Array {
    if (this.#bytes !== undefined) return this.#bytes;
    if (this.#text === undefined) return noBytes;
    const bytes = toBytes(this.#text);
    if (bytes.length > textLengthMax) this.#bytes = bytes;
    return bytes;
  }

  /** The kept part of the value as a byte string. */
  get text(): string {
    this.#text ??= this.#bytes === undefined ? '' : toByteString(this.#bytes);
    return this.#text;
  }
}
