// References in XML text (XML 1.0 §4.1): character references and the five predefined entities. Nothing else is ever
// expanded. Knows no markup.

import { hexDigitValue, notHex } from '../../base/bytes.ts';
import { type ByteReceiver, writeUtf8 } from '../../http/utf8.ts';

const predefined = new Map([
  ['lt', 0x3c],
  ['gt', 0x3e],
  ['amp', 0x26],
  ['quot', 0x22],
  ['apos', 0x27],
]);
const nameBytesMax = 64;
const codePointMax = 0x10ffff;
const semicolon = 0x3b;

const atStart = 0;
const inName = 1;
const afterHash = 2;
const inDecimal = 3;
const inHexadecimal = 4;

/** Whether the reference continues, ends with this byte, or ended before it. */
export type Taken = 'more' | 'done' | 'done-before';

/**
 * Reads one reference after its `&`, byte by byte, and passes the result to a receiver: the character, or, for other entities and
 * for text that is not a reference, the bytes as they were sent.
 */
export class XmlReference {
  #state = atStart;
  #name = '';
  #value = 0;
  #problem = '';
  #isEntity = false;

  /** Starts a reference: the `&` has been read. */
  start(): void {
    this.#state = atStart;
    this.#name = '';
    this.#value = 0;
    this.#problem = '';
    this.#isEntity = false;
  }

  /** After `done`: whether the reference is well-formed and names an entity that is not predefined. */
  get isEntity(): boolean {
    return this.#isEntity;
  }

  /** After `done`: what is wrong with the reference, or empty. */
  get problem(): string {
    return this.#problem;
  }

  /** Takes the next byte. */
  take(byte: number, receiver: ByteReceiver): Taken {
    switch (this.#state) {
      case atStart:
        if (byte === 0x23) {
          this.#state = afterHash;
          return 'more';
        }
        this.#state = inName;
        return this.#takeName(byte, receiver);
      case inName:
        return this.#takeName(byte, receiver);
      case afterHash:
        if (byte === 0x78 || byte === 0x58) {
          this.#state = inHexadecimal;
          this.#name = '#x';
          return 'more';
        }
        this.#state = inDecimal;
        this.#name = '#';
        return this.#takeDigit(byte, 10, receiver);
      case inDecimal:
        return this.#takeDigit(byte, 10, receiver);
      default:
        return this.#takeDigit(byte, 16, receiver);
    }
  }

  /** The text ended inside the reference: passes on what there was. */
  finish(receiver: ByteReceiver): void {
    this.#problem = 'a reference is not complete';
    if (this.#state === inDecimal || this.#state === inHexadecimal) this.#giveCharacter(receiver);
    else this.#giveWritten(this.#state === afterHash ? '#' : this.#name, receiver);
  }

  #takeName(byte: number, receiver: ByteReceiver): Taken {
    if (byte === semicolon) {
      const character = predefined.get(this.#name);
      if (character !== undefined) {
        receiver.byte(character);
        return 'done';
      }
      if (this.#name === '') this.#problem = 'an ampersand begins no reference';
      this.#isEntity = this.#name !== '';
      this.#giveWritten(`${this.#name};`, receiver);
      return 'done';
    }
    const isName = byte >= 0x80 || /[A-Za-z0-9_:.-]/.test(String.fromCharCode(byte));
    if (isName && this.#name.length < nameBytesMax) {
      this.#name += String.fromCharCode(byte);
      return 'more';
    }
    this.#problem = 'an ampersand begins no reference';
    this.#giveWritten(this.#name, receiver);
    return 'done-before';
  }

  #takeDigit(byte: number, base: 10 | 16, receiver: ByteReceiver): Taken {
    const digit = hexDigitValue[byte] as number;
    if (digit !== notHex && digit < base) {
      // Any number of leading zeros is allowed; a value that is too large stays too large.
      this.#value = Math.min(this.#value * base + digit, codePointMax + 1);
      this.#name = '';
      return 'more';
    }
    const isEnd = byte === semicolon && this.#name === '';
    if (!isEnd) this.#problem = 'a character reference has no semicolon';
    this.#giveCharacter(receiver);
    return isEnd ? 'done' : 'done-before';
  }

  /** `#name` is empty once a digit has been seen. */
  #giveCharacter(receiver: ByteReceiver): void {
    if (this.#name !== '') {
      this.#problem = 'a character reference has no digits';
      this.#giveWritten(this.#name, receiver);
      return;
    }
    if (this.#value > codePointMax) this.#problem = 'a character reference is out of range';
    writeUtf8(this.#value > codePointMax ? 0xfffd : this.#value, receiver);
  }

  #giveWritten(text: string, receiver: ByteReceiver): void {
    receiver.byte(0x26);
    for (let index = 0; index < text.length; index += 1) receiver.byte(text.charCodeAt(index));
  }
}
