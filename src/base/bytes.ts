// Bytes and byte strings: conversions, ASCII folding, hexadecimal digits. A byte string is a JS string with one
// UTF-16 unit per byte (0–255). Knows nothing of what the bytes mean.

/** Text of a byte string as bytes. Copies. Units above 255 are cut to their low byte. */
export function toBytes(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** What `Buffer.prototype.toString('latin1')` calls in the end; it works on every Uint8Array. */
const { latin1Slice } = Buffer.prototype as unknown as {
  latin1Slice(this: Uint8Array, start: number, end: number): string;
};

/** Bytes `[start, end)` as a byte string. Copies. `start` and `end` are byte offsets inside `bytes`. */
export function toByteString(bytes: Uint8Array, start = 0, end: number = bytes.length): string {
  // Field names are short and there are many of them: a view and a generic toString make the same call half as expensive again.
  return latin1Slice.call(bytes, start, end);
}

/**
 * Bytes `[start, end)` as a view on the same memory: does not copy. Half the price of `subarray` on a `Buffer`, which
 * decides the speed of a decoder of many small fields.
 */
export function asView(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start);
}

/** Views on the same bytes, one after the other, for less than `asView`: that asks the engine for the memory each time. */
export class ViewSource {
  #bytes: Uint8Array | undefined;
  #memory: ArrayBufferLike | undefined;

  /** As `asView`. Holds `bytes` until `forget`, or until it is called with other bytes. */
  view(bytes: Uint8Array, start: number, end: number): Uint8Array {
    if (this.#memory === undefined || this.#bytes !== bytes) {
      this.#bytes = bytes;
      this.#memory = bytes.buffer;
    }
    return new Uint8Array(this.#memory, bytes.byteOffset + start, end - start);
  }

  /** Drops the reference to the bytes. */
  forget(): void {
    this.#bytes = undefined;
    this.#memory = undefined;
  }
}

/** Up to here a loop is faster than a call into native code, which costs 50 to 150 ns (Node 24). */
const loopBytesMax = 96;

/** Copies bytes `[start, end)` of `source` into `target` at `offset`, where they must fit. */
export function copyInto(target: Uint8Array, offset: number, source: Uint8Array, start = 0, end = source.length): void {
  if (end - start > loopBytesMax) {
    target.set(asView(source, start, end), offset);
    return;
  }
  for (let from = start, to = offset; from < end; from += 1, to += 1) target[to] = source[from] as number;
}

/** Writes the bytes of a byte string into `target` at `offset`, where they must fit. */
export function writeByteString(target: Buffer, offset: number, text: string): void {
  const { length } = text;
  if (length > loopBytesMax) {
    target.write(text, offset, length, 'latin1');
    return;
  }
  for (let index = 0; index < length; index += 1) target[offset + index] = text.charCodeAt(index);
}

/** `text` with A–Z as a–z and every other unit unchanged (`toLowerCase` would fold 0xC0–0xDE too). Copies if it folds. */
export function foldAscii(text: string): string {
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit >= 0x41 && unit <= 0x5a) return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  }
  return text;
}

/** Whether two runs of bytes are equal. Does not copy. */
export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && Buffer.compare(left, right) === 0;
}

/** A table of 256 entries that holds 1 at each of `members` (a byte string) and 0 elsewhere. */
export function byteSet(members: string): Uint8Array {
  const table = new Uint8Array(256);
  for (let index = 0; index < members.length; index += 1) table[members.charCodeAt(index)] = 1;
  return table;
}

/** A table of 256 entries that holds 0 at each of `members` (a byte string) and 1 elsewhere. */
export function byteSetWithout(members: string): Uint8Array {
  return byteSet(members).map((entry) => 1 - entry);
}

/** What `hexDigitValue` holds for a byte that is not a hexadecimal digit. */
export const notHex = 255;

/** Value 0–15 of each byte as a hexadecimal digit of either case; `notHex` for others. */
export const hexDigitValue: Readonly<Uint8Array> = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  if (byte >= 0x41 && byte <= 0x46) return byte - 0x37;
  if (byte >= 0x61 && byte <= 0x66) return byte - 0x57;
  return notHex;
});

/** White space between tokens of a header value: space and horizontal tab (RFC 9110 §5.6.3). `unit` is a byte. */
export function isHeaderSpace(unit: number): boolean {
  return unit === 0x20 || unit === 0x09;
}

/** `text` without spaces and tabs at its ends. Does not copy more than the engine's substring does. */
export function trimHeaderSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isHeaderSpace(text.charCodeAt(start))) start += 1;
  while (end > start && isHeaderSpace(text.charCodeAt(end - 1))) end -= 1;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}
