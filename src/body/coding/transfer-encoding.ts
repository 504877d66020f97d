// Content-Transfer-Encoding of a part (RFC 2045 §6): base64 and quoted-printable, decoded as a stream. Lenient: bytes that are
// not in the encoding are passed on, because many servers ignore the header.

import { asView, foldAscii, hexDigitValue, notHex } from '../../base/bytes.ts';
import type { Decoder } from '../decoder.ts';
import { HeldInput } from '../held-input.ts';

const outBytes = 1536;
const equalsSign = 0x3d;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** A base64 digit's value 0–63; 64 for `=` and line breaks, which are skipped; 255 for bytes that are not base64. */
const skipped = 64;
const foreign = 255;
const base64Value = buildBase64Table();

function buildBase64Table(): Uint8Array {
  const table = new Uint8Array(256).fill(foreign);
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  for (let value = 0; value < digits.length; value += 1) table[digits.charCodeAt(value)] = value;
  for (const byte of [equalsSign, lineFeed, carriageReturn]) table[byte] = skipped;
  return table;
}

/** The name of the encoding in a header value, in lower case, without quotes, comments and parameters that some add. */
export function transferEncodingOf(value: string): string {
  const name = value.replace(/\([^()]*\)/g, '').split(';', 1)[0] ?? '';
  return foldAscii(name.replace(/["'\s]/g, ''));
}

/** Whether the encoding is decoded here, or changes no byte. */
export function isKnownTransferEncoding(encoding: string): boolean {
  return ['', '7bit', '8bit', 'binary', 'base64', 'quoted-printable'].includes(encoding);
}

/** The decoder for an encoding, which writes to `next`; `undefined` for `7bit`, `8bit`, `binary` and unknown ones. */
export function openTransferDecoder(encoding: string, next: Decoder): Decoder | undefined {
  if (encoding === 'base64') return new Base64Decoder(next);
  if (encoding === 'quoted-printable') return new QuotedPrintableDecoder(next);
  return undefined;
}

/** Digits kept as they were sent, so that what precedes the first foreign byte is also seen as plain text. */
const rawTailBytes = 256;
/** Digits of three bytes. */
const groupBytes = 4;

/**
 * Decodes base64 as a stream. At the first byte that is not base64, the content is taken to be plain text, as for a server that
 * ignores the header: the last digits are passed on again as they were sent, and all further bytes follow unchanged.
 */
class Base64Decoder implements Decoder {
  readonly #next: Decoder;
  readonly #out = new Uint8Array(outBytes);
  readonly #raw = new Uint8Array(rawTailBytes);
  #rawCount = 0;
  #outLength = 0;
  #bits = 0;
  #bitCount = 0;
  #isPlain = false;
  readonly #held = new HeldInput();

  constructor(next: Decoder) {
    this.#next = next;
  }

  get heldBytes(): number {
    return this.#held.bytes;
  }

  write(chunk: Uint8Array): void {
    this.#read(chunk);
    const own = this.#isPlain || this.#bitCount === 0 ? 0 : Math.min(groupBytes, this.#rawCount);
    this.#held.note(chunk.length, { own, behind: this.#next.heldBytes });
  }

  #read(chunk: Uint8Array): void {
    let offset = 0;
    while (offset < chunk.length && !this.#isPlain) {
      const byte = chunk[offset] as number;
      const value = base64Value[byte] as number;
      if (value === foreign) {
        this.#turnPlain();
        break;
      }
      this.#raw[this.#rawCount % rawTailBytes] = byte;
      this.#rawCount += 1;
      if (value !== skipped) this.#takeDigit(value);
      offset += 1;
    }
    this.#flush();
    if (offset < chunk.length) this.#next.write(asView(chunk, offset, chunk.length));
  }

  end(): void {
    this.#next.end();
  }

  #takeDigit(value: number): void {
    this.#bits = ((this.#bits << 6) | value) & 0xfff;
    this.#bitCount += 6;
    if (this.#bitCount < 8) return;
    this.#bitCount -= 8;
    if (this.#outLength === outBytes) this.#flush();
    this.#out[this.#outLength] = (this.#bits >> this.#bitCount) & 0xff;
    this.#outLength += 1;
  }

  #turnPlain(): void {
    this.#isPlain = true;
    this.#flush();
    const kept = Math.min(this.#rawCount, rawTailBytes);
    const start = (this.#rawCount - kept) % rawTailBytes;
    const ordered = Uint8Array.from(
      { length: kept },
      (_, index) => this.#raw[(start + index) % rawTailBytes] as number,
    );
    if (kept > 0) this.#next.write(ordered);
  }

  #flush(): void {
    if (this.#outLength === 0) return;
    const length = this.#outLength;
    this.#outLength = 0;
    this.#next.write(asView(this.#out, 0, length));
  }
}

const isPadding = (byte: number): boolean => byte === 0x20 || byte === 0x09;

const plain = 0;
const afterEquals = 1;
const afterDigit = 2;
const afterReturn = 3;
const afterPadding = 4;

/** White space after `=` that is kept until it is clear whether a line break follows. */
const paddingBytesMax = 64;

/** Decodes `=HH` and removes `=` before a line break, with white space in between; an invalid escape is passed on unchanged. */
class QuotedPrintableDecoder implements Decoder {
  readonly #next: Decoder;
  readonly #out = new Uint8Array(outBytes);
  #outLength = 0;
  #state = plain;
  #digit = 0;
  readonly #padding = new Uint8Array(paddingBytesMax);
  #paddingLength = 0;
  readonly #held = new HeldInput();

  constructor(next: Decoder) {
    this.#next = next;
  }

  write(chunk: Uint8Array): void {
    for (let offset = 0; offset < chunk.length; offset += 1) this.#take(chunk[offset] as number);
    this.#flush();
    const paddingLength = this.#state === afterPadding ? this.#paddingLength : 0;
    const own = this.#state === plain ? 0 : this.#state === afterEquals ? 1 : 2 + paddingLength;
    this.#held.note(chunk.length, { own, behind: this.#next.heldBytes });
  }

  get heldBytes(): number {
    return this.#held.bytes;
  }

  end(): void {
    if (this.#state === afterPadding) this.#putPadding();
    else if (this.#state === afterEquals || this.#state === afterDigit) this.#put(equalsSign);
    if (this.#state === afterDigit) this.#put(this.#digit);
    this.#flush();
    this.#next.end();
  }

  #take(byte: number): void {
    if (this.#state === plain) {
      if (byte === equalsSign) this.#state = afterEquals;
      else this.#put(byte);
      return;
    }
    const state = this.#state;
    this.#state = plain;
    const value = hexDigitValue[byte] as number;
    if (state === afterPadding) this.#takeAfterPadding(byte);
    else if (state === afterReturn) {
      if (byte !== lineFeed) this.#take(byte);
    } else if (state === afterDigit) {
      if (value !== notHex) {
        this.#put((hexDigitValue[this.#digit] as number) * 16 + value);
        return;
      }
      this.#put(equalsSign);
      this.#put(this.#digit);
      this.#take(byte);
    } else if (byte === carriageReturn) {
      this.#state = afterReturn;
    } else if (value !== notHex) {
      this.#digit = byte;
      this.#state = afterDigit;
    } else if (isPadding(byte)) {
      this.#paddingLength = 0;
      this.#takeAfterPadding(byte);
    } else if (byte !== lineFeed) {
      this.#put(equalsSign);
      this.#take(byte);
    }
  }

  /** After `=` and white space: a soft line break (RFC 2045 §6.7, rule 3), or all of it is literal. */
  #takeAfterPadding(byte: number): void {
    if (isPadding(byte) && this.#paddingLength < paddingBytesMax) {
      this.#padding[this.#paddingLength] = byte;
      this.#paddingLength += 1;
      this.#state = afterPadding;
    } else if (byte === carriageReturn) this.#state = afterReturn;
    else if (byte !== lineFeed) {
      this.#putPadding();
      this.#take(byte);
    }
  }

  #putPadding(): void {
    this.#put(equalsSign);
    for (let at = 0; at < this.#paddingLength; at += 1) this.#put(this.#padding[at] as number);
  }

  #put(byte: number): void {
    if (this.#outLength === outBytes) this.#flush();
    this.#out[this.#outLength] = byte;
    this.#outLength += 1;
  }

  #flush(): void {
    if (this.#outLength === 0) return;
    const length = this.#outLength;
    this.#outLength = 0;
    this.#next.write(asView(this.#out, 0, length));
  }
}
