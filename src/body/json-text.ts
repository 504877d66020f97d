// The small grammars inside JSON (RFC 8259): numbers and escapes. Tables and pure functions; the decoder in `json.ts` has the
// state.

import { byteSet } from '../base/bytes.ts';

/** The state at the start of a number; `numberNext` gives the next states. */
export const numberStart = 0;
/** The value in `numberNext` for a byte that cannot follow. */
export const notNumber = 255;

const afterMinus = 1;
const afterZero = 2;
const inInteger = 3;
const afterPoint = 4;
const inFraction = 5;
const afterExponent = 6;
const afterExponentSign = 7;
const inExponent = 8;
const numberStates = 9;

/** Next state by `state * 256 + byte`, or `notNumber`. */
export const numberNext: Readonly<Uint8Array> = buildNumberTable();

function buildNumberTable(): Uint8Array {
  const table = new Uint8Array(numberStates * 256).fill(notNumber);
  const lead = (from: number, bytes: string, to: number): void => {
    for (let index = 0; index < bytes.length; index += 1) table[from * 256 + bytes.charCodeAt(index)] = to;
  };
  lead(numberStart, '-', afterMinus);
  for (const from of [numberStart, afterMinus]) {
    lead(from, '0', afterZero);
    lead(from, '123456789', inInteger);
  }
  lead(inInteger, '0123456789', inInteger);
  for (const from of [afterZero, inInteger]) lead(from, '.', afterPoint);
  for (const from of [afterPoint, inFraction]) lead(from, '0123456789', inFraction);
  for (const from of [afterZero, inInteger, inFraction]) lead(from, 'eE', afterExponent);
  lead(afterExponent, '+-', afterExponentSign);
  for (const from of [afterExponent, afterExponentSign, inExponent]) lead(from, '0123456789', inExponent);
  return table;
}

/** Whether a number may end in `state`. */
export function isNumberEnd(state: number): boolean {
  return state === afterZero || state === inInteger || state === inFraction || state === inExponent;
}

/** White space between tokens (RFC 8259 §2). */
export const jsonSpace: Readonly<Uint8Array> = byteSet(' \t\n\r');

/** Bytes that can be in a string unescaped: all except `"`, `\` and controls (RFC 8259 §7). */
export const plainInString: Readonly<Uint8Array> = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 0x20 || byte === 0x22 || byte === 0x5c ? 0 : 1,
);

/** The byte for a one-letter escape, by letter; 0 if the letter is not an escape. */
export const escapedByte: Readonly<Uint8Array> = buildEscapes();

function buildEscapes(): Uint8Array {
  const table = new Uint8Array(256);
  const pairs = ['""', '\\\\', '//', 'b\b', 'f\f', 'n\n', 'r\r', 't\t'];
  for (const pair of pairs) table[pair.charCodeAt(0)] = pair.charCodeAt(1);
  return table;
}

/** The literals, by their first byte. */
export function literalOf(byte: number): string | undefined {
  if (byte === 0x74) return 'true';
  if (byte === 0x66) return 'false';
  if (byte === 0x6e) return 'null';
  return undefined;
}
