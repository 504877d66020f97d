// Character encodings of bodies: which ones hide ASCII from a byte reader, and their streaming conversion to UTF-8. Encodings in
// which ASCII text is ASCII bytes are not converted. Knows no body format.

import { asView, foldAscii } from '../base/bytes.ts';
import { SurrogatePairs } from '../http/surrogate-pairs.ts';
import { writeUtf8 } from '../http/utf8.ts';
import type { Decoder } from './decoder.ts';
import { EbcdicDecoder, isEbcdic } from './ebcdic.ts';
import { HeldInput } from './held-input.ts';

/** How a charset's bytes relate to ASCII. */
export type CharsetKind =
  /** ASCII text is ASCII bytes: scanned as it is. */
  | 'ascii-compatible'
  | 'utf-16'
  | 'utf-32'
  /** Different bytes for letters, one byte each. */
  | 'ebcdic'
  /** Unknown: scanned unchanged, and reported. */
  | 'unknown';

type ByteOrder = 'little' | 'big' | 'undeclared';

/** The meaning of a charset label. */
export interface Charset {
  readonly kind: CharsetKind;
  readonly byteOrder: ByteOrder;
}

const asciiCompatible: Charset = { kind: 'ascii-compatible', byteOrder: 'undeclared' };

/** Reads a charset label (WHATWG Encoding §4.2, UTF-32, and what Node calls UTF-16). An empty label is ASCII-compatible. */
export function charsetOf(label: string): Charset {
  const name = foldAscii(label.trim());
  if (name === '') return asciiCompatible;
  const utf32 = /^(?:utf-?32|ucs-?4|iso-10646-ucs-4|csucs4)(le|be)?$/.exec(name);
  if (utf32 !== null) return { kind: 'utf-32', byteOrder: byteOrderOf(utf32[1]) };
  if (name === 'utf-16' || name === 'utf16') return { kind: 'utf-16', byteOrder: 'undeclared' };
  if (name === 'utf16le' || name === 'ucs2') return { kind: 'utf-16', byteOrder: 'little' };
  if (isEbcdic(name)) return { kind: 'ebcdic', byteOrder: 'undeclared' };
  const encoding = whatwgName(name);
  // Its escape sequences can be in the middle of an ASCII word, and disappear when decoded.
  if (encoding === 'iso-2022-jp') return { kind: 'unknown', byteOrder: 'undeclared' };
  if (encoding === 'utf-16le') return { kind: 'utf-16', byteOrder: 'little' };
  if (encoding === 'utf-16be') return { kind: 'utf-16', byteOrder: 'big' };
  return encoding === undefined ? { kind: 'unknown', byteOrder: 'undeclared' } : asciiCompatible;
}

function whatwgName(label: string): string | undefined {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return undefined;
  }
}

function byteOrderOf(suffix: string | undefined): ByteOrder {
  if (suffix === 'le') return 'little';
  return suffix === 'be' ? 'big' : 'undeclared';
}

/** Whether an ASCII letter takes more than one byte. */
export function isWide({ kind }: Charset): boolean {
  return kind === 'utf-16' || kind === 'utf-32';
}

/** Whether ASCII text is not ASCII bytes but can be converted to them. */
export function isRecoded(charset: Charset): boolean {
  return isWide(charset) || charset.kind === 'ebcdic';
}

/** Whether text in the charset cannot be decoded by its label alone, as for names and parts. */
export function isUnread({ kind }: Charset): boolean {
  return kind === 'unknown' || kind === 'ebcdic';
}

/** First bytes needed to distinguish UTF-16 and UTF-32 from everything else. */
export const wideHeadBytes = 4;

/** The encoding of a text that starts with a byte order mark. Looks at four bytes, or fewer if the text is shorter. */
export function sniffMark(head: Uint8Array): Charset | undefined {
  const [first, second, third, fourth] = head;
  if (first === 0xfe && second === 0xff) return { kind: 'utf-16', byteOrder: 'big' };
  if (first === 0 && second === 0 && third === 0xfe && fourth === 0xff) return { kind: 'utf-32', byteOrder: 'big' };
  if (first !== 0xff || second !== 0xfe) return undefined;
  const isUtf32 = third === 0 && fourth === 0;
  return { kind: isUtf32 ? 'utf-32' : 'utf-16', byteOrder: 'little' };
}

/** The encoding of a body according to its first bytes: byte order mark or the positions of NUL bytes (RFC 4627 §3). */
export function sniffWideCharset(head: Uint8Array): Charset | undefined {
  const [first, second, third, fourth] = head;
  if (first === undefined || second === undefined) return undefined;
  const isFourBytes = third !== undefined && fourth !== undefined;
  if (isFourBytes && first === 0 && second === 0) {
    const isUtf32 = (third === 0xfe && fourth === 0xff) || (third === 0 && fourth !== 0);
    if (isUtf32) return { kind: 'utf-32', byteOrder: 'big' };
  }
  const isLittleMark = first === 0xff && second === 0xfe;
  if (isFourBytes && third === 0 && fourth === 0 && (isLittleMark || (first !== 0 && second === 0))) {
    return { kind: 'utf-32', byteOrder: 'little' };
  }
  if (isLittleMark || (first !== 0 && second === 0)) return { kind: 'utf-16', byteOrder: 'little' };
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return { kind: 'utf-16', byteOrder: 'big' };
  return undefined;
}

/** Options for reading wide text. */
export interface WideTextOptions {
  /**
   * A UTF-16 unit of two printable ASCII bytes is passed on as these bytes. For text whose server may ignore the charset, so that
   * an attack is seen in either reading. Not for structured bodies.
   */
  readonly keepsAscii: boolean;
}

/**
 * The decoder that converts text of a charset to UTF-8 for `next`; `undefined` if the bytes need no decoding. A byte order mark
 * overrides the declared order. Invalid text is passed on in some fixed form, never dropped.
 */
export function openCharsetDecoder(label: string, next: Decoder, options: WideTextOptions): Decoder | undefined {
  const charset = charsetOf(label);
  // No EBCDIC letter is its own ASCII byte, so one reading cannot keep both.
  const isRead = options.keepsAscii ? isWide(charset) : isRecoded(charset);
  return isRead ? openWideDecoder(charset, next, options) : undefined;
}

/** The decoder for a charset that `isRecoded`. */
export function openWideDecoder(charset: Charset, next: Decoder, options: WideTextOptions): Decoder {
  if (charset.kind === 'ebcdic') return new EbcdicDecoder(next);
  return new WideTextDecoder(charset, next, options);
}

const outBytes = 2048;
/** Maximum size of one unit: two letters of three bytes in UTF-8, each after the three bytes of a lone surrogate. */
const unitOutBytesMax = 12;
/** The last code point of Unicode. */
const codePointMax = 0x10ffff;

class WideTextDecoder implements Decoder {
  readonly #next: Decoder;
  readonly #unitBytes: 2 | 4;
  readonly #keepsAscii: boolean;
  #byteOrder: ByteOrder;
  readonly #unit = new Uint8Array(4);
  #unitLength = 0;
  #isFirst = true;
  readonly #pairs = new SurrogatePairs(this);
  readonly #out = new Uint8Array(outBytes);
  #outLength = 0;
  readonly #held = new HeldInput();

  constructor(charset: Charset, next: Decoder, options: WideTextOptions) {
    this.#next = next;
    this.#unitBytes = charset.kind === 'utf-32' ? 4 : 2;
    this.#byteOrder = charset.byteOrder;
    this.#keepsAscii = options.keepsAscii;
  }

  write(chunk: Uint8Array): void {
    for (let offset = 0; offset < chunk.length; offset += 1) {
      this.#unit[this.#unitLength] = chunk[offset] as number;
      this.#unitLength += 1;
      if (this.#unitLength === this.#unitBytes) this.#takeUnit();
    }
    this.#flush();
    const surrogateBytes = this.#pairs.isWaiting ? this.#unitBytes : 0;
    this.#held.note(chunk.length, { own: this.#unitLength + surrogateBytes, behind: this.#next.heldBytes });
  }

  get heldBytes(): number {
    return this.#held.bytes;
  }

  end(): void {
    this.#pairs.flush();
    // Bytes that do not form a unit are passed on unchanged.
    for (let index = 0; index < this.#unitLength; index += 1) this.byte(this.#unit[index] as number);
    this.#flush();
    this.#next.end();
  }

  /** For `writeUtf8`. */
  byte(value: number): void {
    this.#out[this.#outLength] = value;
    this.#outLength += 1;
  }

  #takeUnit(): void {
    this.#unitLength = 0;
    if (this.#outLength > outBytes - unitOutBytesMax) this.#flush();
    if (this.#isFirst && this.#isMark()) return;
    if (this.#unitBytes === 2) {
      this.#takePair(0);
      return;
    }
    const unit = this.#valueOf(this.#byteOrder === 'big');
    if (unit <= codePointMax) {
      this.#pairs.flush();
      writeUtf8(unit, this);
      return;
    }
    // Not a letter: UTF-16 text after a mark that is also valid for UTF-32, or text that is not wide at all.
    this.#takePair(0);
    this.#takePair(2);
  }

  /** Takes two bytes of the unit, starting at `at`. */
  #takePair(at: 0 | 2): void {
    const first = this.#unit[at] as number;
    const second = this.#unit[at + 1] as number;
    if (this.#keepsAscii && isText(first) && isText(second)) {
      this.#pairs.flush();
      this.byte(first);
      this.byte(second);
      return;
    }
    this.#pairs.take(this.#byteOrder === 'big' ? first * 256 + second : second * 256 + first);
  }

  /** Decides the byte order from the first unit; returns whether that was a byte order mark. */
  #isMark(): boolean {
    this.#isFirst = false;
    const little = this.#valueOf(false);
    const big = this.#valueOf(true);
    if (little === 0xfeff || big === 0xfeff) {
      this.#byteOrder = little === 0xfeff ? 'little' : 'big';
      return true;
    }
    // Without a mark, the order that makes the first unit smaller: texts almost always start with ASCII.
    if (this.#byteOrder === 'undeclared') this.#byteOrder = big < little ? 'big' : 'little';
    return false;
  }

  #valueOf(isBig: boolean): number {
    let value = 0;
    for (let index = 0; index < this.#unitBytes; index += 1) {
      value = value * 256 + (this.#unit[isBig ? index : this.#unitBytes - 1 - index] as number);
    }
    return value;
  }

  #flush(): void {
    if (this.#outLength === 0) return;
    const length = this.#outLength;
    this.#outLength = 0;
    this.#next.write(asView(this.#out, 0, length));
  }
}

/** Printable ASCII, tab, line feed, carriage return. */
function isText(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
