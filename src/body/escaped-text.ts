// Text with the escapes of its quoted strings decoded: YAML and TOML, in whose double quotes `\x27` is a quote. Knows nothing
// else of either language, so that no unusual quoting, key or comment hides an escape.

import { byteSet, byteSetWithout, hexDigitValue, notHex, toBytes } from '../base/bytes.ts';
import type { FieldSink, FieldSource } from '../http/field.ts';
import { FieldWriter } from '../http/field-writer.ts';
import { writeUtf8 } from '../http/utf8.ts';
import { CharsetSniffer } from './charset-sniffer.ts';
import type { Decoder } from './decoder.ts';

const backslash = 0x5c;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const codePointMax = 0x10ffff;

const plainInText = byteSetWithout('\\');
const isSpace = byteSet(' \t\r\n');

/** Code points for a letter after a backslash (YAML 1.2.2 §5.7; TOML 1.1). */
const escaped: ReadonlyMap<number, number> = new Map(
  ['0\0', 'a\x07', 'b\b', 't\t', '\t\t', 'n\n', 'v\v', 'f\f', 'r\r', 'e\x1b', '  ', '""', '//', '\\\\'].map((pair) => [
    pair.charCodeAt(0),
    pair.charCodeAt(1),
  ]),
);
/** Those above Latin-1: next line, no-break space, line and paragraph separator. */
const wide: ReadonlyMap<number, number> = new Map([
  [0x4e, 0x85],
  [0x5f, 0xa0],
  [0x4c, 0x2028],
  [0x50, 0x2029],
]);
/** Number of digits after `\x`, `\u` and `\U`. */
const digitsOf: ReadonlyMap<number, number> = new Map([
  [0x78, 2],
  [0x75, 4],
  [0x55, 8],
]);

/** The field that the text is reported as. */
export interface EscapedTextOptions {
  readonly source: FieldSource;
  /** The name of the field; a byte string. */
  readonly name: string;
}

/** Opens a reading of such text, in UTF-16 or UTF-32 if its first bytes show that. `label`: its declared charset, or empty. */
export function openEscapedText(sink: FieldSink, options: EscapedTextOptions & { readonly label: string }): Decoder {
  return new CharsetSniffer(new EscapedTextDecoder(sink, options), { label: options.label, sink });
}

type Place = 'text' | 'escape' | 'digits' | 'line end';

/**
 * Reports the whole text as one field, with escapes decoded wherever they are, and a line end after a backslash removed with the
 * white space that follows it. Everything else is unchanged. Never throws; fields do not depend on cuts.
 */
export class EscapedTextDecoder implements Decoder {
  readonly #writer: FieldWriter;
  #place: Place = 'text';
  #digitsWanted = 0;
  #codePoint = 0;
  /** The digits read so far of an escape. */
  #digits = '';

  constructor(sink: FieldSink, { source, name }: EscapedTextOptions) {
    this.#writer = new FieldWriter(sink, source, name.length);
    this.#writer.appendName(name);
  }

  get heldBytes(): number {
    switch (this.#place) {
      case 'text':
        return 0;
      case 'digits':
        return this.#digits.length + 1;
      default:
        return 1;
    }
  }

  write(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    if (!this.#writer.isOpen) this.#writer.startValue();
    let offset = 0;
    while (offset < chunk.length) offset = this.#step(chunk, offset);
    this.#writer.flush();
  }

  end(): void {
    if (!this.#writer.isOpen) return;
    if (this.#place === 'escape') this.#writer.byte(backslash);
    if (this.#place === 'digits') this.#giveBack();
    this.#writer.endValue();
  }

  /** Reads a run, or one special byte; returns the offset to continue at. */
  #step(chunk: Uint8Array, start: number): number {
    const byte = chunk[start] as number;
    switch (this.#place) {
      case 'text':
        return this.#readText(chunk, start);
      case 'escape':
        this.#takeEscape(byte);
        return start + 1;
      case 'digits':
        return this.#takeDigit(byte) ? start + 1 : start;
      case 'line end':
        if (isSpace[byte] === 1) return start + 1;
        this.#place = 'text';
        return start;
    }
  }

  #readText(chunk: Uint8Array, start: number): number {
    let offset = start;
    while (offset < chunk.length && plainInText[chunk[offset] as number] === 1) offset += 1;
    if (offset > start) this.#writer.run(chunk, start, offset);
    if (offset === chunk.length) return offset;
    this.#place = 'escape';
    return offset + 1;
  }

  #takeEscape(byte: number): void {
    const digits = digitsOf.get(byte);
    if (digits !== undefined) {
      this.#place = 'digits';
      this.#digitsWanted = digits;
      this.#codePoint = 0;
      this.#digits = String.fromCharCode(byte);
      return;
    }
    this.#place = byte === lineFeed || byte === carriageReturn ? 'line end' : 'text';
    if (this.#place === 'line end') return;
    const codePoint = escaped.get(byte) ?? wide.get(byte);
    if (codePoint !== undefined) {
      writeUtf8(codePoint, this.#writer);
      return;
    }
    this.#writer.byte(backslash);
    this.#writer.byte(byte);
  }

  /** Whether the byte belongs to the escape. */
  #takeDigit(byte: number): boolean {
    const digit = hexDigitValue[byte] as number;
    if (digit === notHex) {
      this.#giveBack();
      return false;
    }
    this.#digits += String.fromCharCode(byte);
    this.#codePoint = Math.min(this.#codePoint * 16 + digit, codePointMax);
    if (this.#digits.length <= this.#digitsWanted) return true;
    this.#place = 'text';
    writeUtf8(this.#codePoint, this.#writer);
    return true;
  }

  /** What looked like an escape is not one: passes on its bytes unchanged. */
  #giveBack(): void {
    this.#place = 'text';
    this.#writer.byte(backslash);
    for (const byte of toBytes(this.#digits)) this.#writer.byte(byte);
  }
}
