// JSON bodies (RFC 8259), JSON text sequences and NDJSON: a streaming tokenizer without recursion that collects no
// values. Names as in Coraza: `json.a.b.0`. Knows no rule.

import { toBytes } from '../base/bytes.ts';
import { WafError } from '../base/errors.ts';
import type { FieldSink } from '../http/field.ts';
import { FieldWriter } from '../http/field-writer.ts';
import { GuardedDecoder } from './guarded-decoder.ts';
import { JsonString } from './json-string.ts';
import { isNumberEnd, jsonSpace, literalOf, notNumber, numberNext, numberStart } from './json-text.ts';
import { NameStack } from './name-stack.ts';

/** What may come next. */
const atBodyStart = 0;
const atValue = 1;
const atFirstElement = 2;
const atFirstKey = 3;
const atKey = 4;
const atColon = 5;
const afterValue = 6;
const inString = 7;
const inNumber = 8;
const inLiteral = 9;
const afterText = 10;

const stateNames = [
  'a value',
  'a value',
  'a value or ]',
  'a key or }',
  'a key',
  ':',
  ', or the end of the list or object',
  'the rest of a string',
  'the rest of a number',
  'the rest of a literal',
  'the end of the body',
];

/** What may come next, for an error. */
function expectedIn(state: number, string: JsonString): string {
  return state === inString ? string.expected : (stateNames[state] as string);
}

/** Precedes each text of a JSON text sequence (RFC 7464 §2.2). */
const recordSeparator = 0x1e;
/** Options for reading JSON. */
export interface JsonOptions {
  readonly fieldNameBytesMax: number;
  /** Maximum depth of nested lists and objects. */
  readonly jsonDepthMax: number;
  /** Accepts several texts one after the other: NDJSON, JSON text sequences (RFC 7464), concatenated JSON. */
  readonly isSequence?: boolean;
}

/**
 * Reports each scalar as ARGS_POST, in body order: name `json` and, for each level, `.key` or `.index`; keys and strings
 * unescaped, `\u` escapes as UTF-8 (a lone surrogate as its three bytes); numbers, `true`, `false` and `null` as their text. A
 * non-empty list is reported at its end with the number of its elements, as in Coraza. An empty list or object is not a variable;
 * if it has a key, its name is reported as ARGS_POST_READING, so that rules see every key. Duplicate keys are all reported. As
 * strict as `JSON.parse`: what that refuses throws `body.malformed`; a level deeper than `jsonDepthMax` throws `body.limit`.
 */
export class JsonDecoder extends GuardedDecoder {
  readonly #writer: FieldWriter;
  readonly #names: NameStack;
  readonly #string: JsonString;
  readonly #isSequence: boolean;
  #state = atBodyStart;
  #isKey = false;
  #bytesBefore = 0;
  /** Offset of the first key that is not reported yet; -1 if there is none. */
  #keyFrom = -1;
  #numberState = 0;
  /** The rest of the literal. */
  #literal = '';
  #failedAt = 0;

  constructor(sink: FieldSink, options: JsonOptions) {
    super(sink);
    this.#writer = new FieldWriter(sink, 'ARGS_POST', options.fieldNameBytesMax);
    this.#names = new NameStack(this.#writer, 'json', options.jsonDepthMax);
    this.#string = new JsonString(this.#writer, (byte, after) => this.#unexpected(byte, after));
    this.#isSequence = options.isSequence === true;
  }

  /**
   * After a failure: the offset in the failed chunk of the first unread byte, and the bytes of a string's escape read before it;
   * `undefined` outside of strings.
   */
  get rest(): { readonly offset: number; readonly escape: string | undefined } {
    return { offset: this.#failedAt, escape: this.#state === inString ? this.#string.escape : undefined };
  }

  override get heldBytes(): number {
    // A value, or a key too long to be kept, is reported as it arrives.
    const from = this.#keyFrom === -1 || this.#writer.isOpen ? this.#string.escapeFrom : this.#keyFrom;
    return from === -1 ? 0 : this.#bytesBefore - from;
  }

  protected override readChunk(chunk: Uint8Array): void {
    const length = chunk.length;
    this.#failedAt = length;
    let offset = 0;
    while (offset < length) {
      const state = this.#state;
      if (state === inString) offset = this.#readString(chunk, offset);
      else if (state === inNumber) offset = this.#readNumber(chunk, offset);
      else if (state === inLiteral) offset = this.#readLiteral(chunk, offset);
      else {
        const byte = chunk[offset] as number;
        offset += 1;
        if (jsonSpace[byte] === 0) this.#readToken(byte, chunk, offset);
      }
    }
    this.#bytesBefore += length;
    this.#writer.flush();
  }

  protected override readEnd(): void {
    if (this.#state === inNumber && isNumberEnd(this.#numberState)) this.#endScalar();
    if (this.#state === afterText) return;
    if (this.#bytesBefore === 0 || (this.#isSequence && this.#state === atBodyStart)) return;
    throw new WafError(
      'body.malformed',
      `JSON ends at byte ${this.#bytesBefore}, expected ${expectedIn(this.#state, this.#string)}`,
    );
  }

  protected override abandon(): void {
    this.#writer.abort();
  }

  /** Reads a byte outside of scalars that is not white space; `after` is the offset after it. */
  #readToken(byte: number, chunk: Uint8Array, after: number): void {
    switch (this.#state) {
      case atFirstElement:
        if (byte === 0x5d) this.#close(byte, after);
        else this.#startValue(byte, chunk, after);
        break;
      case atFirstKey:
        if (byte === 0x7d) this.#close(byte, after);
        else this.#startKey(byte, after);
        break;
      case atKey:
        this.#startKey(byte, after);
        break;
      case atColon:
        if (byte !== 0x3a) throw this.#unexpected(byte, after);
        this.#state = atValue;
        break;
      case afterValue:
        this.#readAfterValue(byte, after);
        break;
      case atBodyStart:
        this.#startText(byte, chunk, after);
        break;
      case afterText:
        if (!this.#isSequence) throw this.#unexpected(byte, after);
        this.#startText(byte, chunk, after);
        break;
      default:
        this.#startValue(byte, chunk, after);
    }
  }

  #readAfterValue(byte: number, after: number): void {
    if (byte === 0x2c) {
      this.#state = this.#names.isList ? atValue : atKey;
      this.#names.nextElement();
    } else this.#close(byte, after);
  }

  #startText(byte: number, chunk: Uint8Array, after: number): void {
    if (this.#isSequence && byte === recordSeparator) {
      this.#state = afterText;
      return;
    }
    this.#state = atValue;
    this.#startValue(byte, chunk, after);
  }

  #startKey(byte: number, after: number): void {
    if (byte !== 0x22) throw this.#unexpected(byte, after);
    this.#names.startKey();
    if (this.#keyFrom === -1) this.#keyFrom = this.#bytesBefore + after - 1;
    this.#isKey = true;
    this.#string.open();
    this.#state = inString;
  }

  #startValue(byte: number, chunk: Uint8Array, after: number): void {
    this.#names.nameValue();
    if (byte === 0x22) {
      this.#openValue();
      this.#isKey = false;
      this.#string.open();
      this.#state = inString;
      return;
    }
    if (byte === 0x7b || byte === 0x5b) {
      const isList = byte === 0x5b;
      if (!this.#names.enter(isList)) {
        this.#failedAt = after;
        throw new WafError('body.limit', `JSON is nested deeper than ${this.#names.depth} levels`);
      }
      this.#state = isList ? atFirstElement : atFirstKey;
      return;
    }
    this.#startScalar(byte, chunk, after);
  }

  #startScalar(byte: number, chunk: Uint8Array, after: number): void {
    const literal = literalOf(byte);
    const numberState = numberNext[numberStart * 256 + byte] as number;
    if (literal === undefined && numberState === notNumber) throw this.#unexpected(byte, after);
    this.#openValue();
    if (literal === undefined) {
      this.#numberState = numberStart;
      this.#state = inNumber;
      this.#readNumber(chunk, after - 1, after);
      return;
    }
    this.#writer.byte(byte);
    this.#literal = literal.slice(1);
    this.#state = inLiteral;
  }

  #close(byte: number, after: number): void {
    if (byte !== (this.#names.isList ? 0x5d : 0x7d)) throw this.#unexpected(byte, after);
    const { isList } = this.#names;
    const isEmpty = this.#state === atFirstElement || this.#state === atFirstKey;
    const elements = this.#names.leave();
    if (isList && !isEmpty) {
      this.#openValue();
      for (const digit of String(elements)) this.#writer.byte(digit.charCodeAt(0));
      this.#writer.endValue();
    } else if (isEmpty && this.#names.depth > 0 && !this.#names.isList) {
      this.#giveName();
    }
    this.#state = this.#names.depth === 0 ? afterText : afterValue;
  }

  /** The name of an empty container is not a variable in Coraza, but it was sent. */
  #giveName(): void {
    const { name } = this.#writer;
    this.sink.begin('ARGS_POST_READING', name);
    this.sink.write(toBytes(name));
    this.sink.end();
    this.#keyFrom = -1;
  }

  /** A field reports all keys above it. */
  #openValue(): void {
    this.#writer.startValue();
    this.#keyFrom = -1;
  }

  #endScalar(): void {
    this.#writer.endValue();
    this.#state = this.#names.depth === 0 ? afterText : afterValue;
  }

  /** Reads bytes of a number up to `end`; returns the offset of the first byte after the number. */
  #readNumber(chunk: Uint8Array, start: number, end: number = chunk.length): number {
    let state = this.#numberState;
    let offset = start;
    while (offset < end) {
      const next = numberNext[state * 256 + (chunk[offset] as number)] as number;
      if (next === notNumber) break;
      state = next;
      offset += 1;
    }
    this.#numberState = state;
    this.#writer.run(chunk, start, offset);
    if (offset < end) {
      if (!isNumberEnd(state)) throw this.#unexpected(chunk[offset] as number, offset + 1);
      this.#endScalar();
    }
    return offset;
  }

  #readString(chunk: Uint8Array, start: number): number {
    const offset = this.#string.read(chunk, start, this.#bytesBefore);
    if (this.#string.isOpen) return offset;
    if (!this.#isKey) this.#endScalar();
    else {
      this.#writer.endName();
      this.#state = atColon;
    }
    return offset;
  }

  /** Reads a byte of a literal; returns the offset after it. */
  #readLiteral(chunk: Uint8Array, offset: number): number {
    const byte = chunk[offset] as number;
    if (byte !== this.#literal.charCodeAt(0)) throw this.#unexpected(byte, offset + 1);
    this.#writer.byte(byte);
    this.#literal = this.#literal.slice(1);
    if (this.#literal === '') this.#endScalar();
    return offset + 1;
  }

  #unexpected(byte: number, after: number): WafError {
    const hex = byte.toString(16).padStart(2, '0');
    const at = this.#bytesBefore + after - 1;
    this.#failedAt = after - 1;
    return new WafError(
      'body.malformed',
      `JSON has byte 0x${hex} at ${at}, expected ${expectedIn(this.#state, this.#string)}`,
    );
  }
}
