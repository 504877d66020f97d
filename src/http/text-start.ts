// Whether a value starts like a text that an application may decode again: JSON and near-JSON, also as an argument of a call
// (JSONP), after protection against script inclusion, or after comments; GraphQL. Reads no further than that.

import { byteSet, toByteString } from '../base/bytes.ts';

/** White space, and the bytes of a byte order mark. */
const isSpace = byteSet(' \t\n\v\f\r\u00ef\u00bb\u00bf');
/** First bytes of JSON with strings, of JSON5, and of GraphQL without a keyword. */
const opensText = byteSet('{["\'');
/** Bytes of words, function names and numbers. */
const isWordByte = byteSet('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$.-');
/** Bytes of prefixes before JSON that prevent its inclusion as a script: `)]}',`. */
const isGuardByte = byteSet(")]}',;");

const slash = 0x2f;
const star = 0x2a;
const hash = 0x23;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const openBracket = 0x28;
const closeBracket = 0x29;
const equalsSign = 0x3d;
const openBrace = 0x7b;
const openSquare = 0x5b;

/** First words of GraphQL (October 2021 specification §2.2). */
const keywords: ReadonlySet<string> = new Set(['query', 'mutation', 'subscription', 'fragment']);
/** Words of scripts that are followed by the name of a variable. */
const declarations: ReadonlySet<string> = new Set(['var', 'let', 'const', 'return', 'await', 'void', 'new']);
/**
 * Words that start a loop, an error or a condition: `for(;;);{…}`, `while(1);[…]`, `throw 1;{…}`, `typeof f === 'function' &&
 * f({…})`.
 */
const guards: ReadonlySet<string> = new Set(['for(', 'while(', 'throw', 'typeof']);
/** A JSON text that is a scalar, which may be followed by an object or a list. */
const scalar = /^(?:-?\d[\d.eE-]*|true|false|null)$/;
/** A longer word is not a function name. */
const wordBytesMax = 128;
/** Bytes between the word of a guard and the text. */
const guardBytesMax = 64;

type Place = 'start' | 'slash' | 'line comment' | 'comment' | 'star' | 'word' | 'behind word' | 'behind call' | 'guard';

/** Receives the bytes of a value one after the other, until the decision is made. Keeps the current word. */
export class TextStart {
  #place: Place = 'start';
  #word = '';
  #guardBytes = 0;

  /** A new value begins. */
  restart(): void {
    this.#place = 'start';
    this.#word = '';
    this.#guardBytes = 0;
  }

  /**
   * Continues in `value` at `offset`. Returns the offset of the text, which can be `value.length`; `undefined` while undecided;
   * -1 if it is not such a text.
   */
  find(value: Uint8Array, offset: number): number | undefined {
    for (let at = offset; at < value.length; at += 1) {
      if (this.#place === 'word') at = this.#readWord(value, at);
      if (at === value.length) break;
      const found = this.#take(value[at] as number, at);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #take(byte: number, at: number): number | undefined {
    switch (this.#place) {
      case 'start':
        return this.#takeFirst(byte, at);
      case 'slash':
        this.#place = byte === slash ? 'line comment' : 'comment';
        return byte === slash || byte === star ? undefined : -1;
      case 'line comment':
        if (byte === lineFeed || byte === carriageReturn) this.#place = 'start';
        return undefined;
      case 'comment':
        if (byte === star) this.#place = 'star';
        return undefined;
      case 'star':
        if (byte !== star) this.#place = byte === slash ? 'start' : 'comment';
        return undefined;
      case 'word':
        return this.#takeWord(byte, at);
      case 'behind word':
        return this.#takeBehindWord(byte, at);
      case 'behind call':
        return this.#takeBehindCall(byte, at);
      case 'guard':
        return this.#takeGuard(byte, at);
    }
  }

  #takeFirst(byte: number, at: number): number | undefined {
    if (isSpace[byte] === 1) return undefined;
    if (opensText[byte] === 1) return at;
    if (byte === slash) this.#place = 'slash';
    else if (byte === hash) this.#place = 'line comment';
    else if (byte === openBracket) this.#place = 'behind call';
    else if (byte === closeBracket) this.#place = 'guard';
    else if (isWordByte[byte] === 1) {
      this.#place = 'word';
      this.#word = String.fromCharCode(byte);
    } else return -1;
    return undefined;
  }

  /** Takes the rest of the word, up to its limit, at once, because byte by byte would create a string for each. Returns its end. */
  #readWord(value: Uint8Array, from: number): number {
    const end = Math.min(value.length, from + wordBytesMax - this.#word.length);
    let at = from;
    while (at < end && isWordByte[value[at] as number] === 1) at += 1;
    if (at > from) this.#word += toByteString(value, from, at);
    return at;
  }

  #takeWord(byte: number, at: number): number | undefined {
    // The word continues above the limit.
    return isWordByte[byte] === 1 ? -1 : this.#takeBehindWord(byte, at);
  }

  #takeBehindWord(byte: number, at: number): number | undefined {
    if (keywords.has(this.#word)) return at;
    const isBehindSpace = this.#place === 'behind word';
    this.#place = 'behind word';
    if (isSpace[byte] === 1) return undefined;
    const isGuard = guards.has(byte === openBracket ? `${this.#word}(` : this.#word);
    if (isGuard) this.#place = 'guard';
    else if (byte === openBracket || byte === equalsSign) this.#place = 'behind call';
    else if (isWordByte[byte] === 1 && isBehindSpace && declarations.has(this.#word)) {
      this.#place = 'word';
      this.#word = String.fromCharCode(byte);
    } else if ((byte === openBrace || byte === openSquare) && scalar.test(this.#word)) return at;
    else return -1;
    return undefined;
  }

  /** After a bracket or an equals sign: the text, white space, more brackets, a comment. */
  #takeBehindCall(byte: number, at: number): number | undefined {
    if (opensText[byte] === 1) return at;
    return isSpace[byte] === 1 || byte === openBracket ? undefined : -1;
  }

  /** Skips the guard while its bytes are known: closing brackets, or those of a loop. */
  #takeGuard(byte: number, at: number): number | undefined {
    this.#guardBytes += 1;
    if (this.#guardBytes > guardBytesMax) return -1;
    // A single quote is part of the guard itself.
    if (opensText[byte] === 1 && isGuardByte[byte] !== 1) return at;
    if (this.#word !== '' && byte !== lineFeed) return undefined;
    return isGuardByte[byte] === 1 || isSpace[byte] === 1 ? undefined : -1;
  }
}
