// A Content-Type value as type, subtype and parameters (RFC 9110 §8.3). Reads what a lenient server would read and reports what
// is wrong, so that a mangled type is a fact instead of a way around a decoder. Chooses no decoder.

import { foldAscii, isHeaderSpace, trimHeaderSpace } from '../base/bytes.ts';
import { turn } from '../base/turn.ts';

/** One `name=value` after the type. `name` is folded to lower case; `value` has its quotes and escapes removed. */
export interface MediaTypeParameter {
  readonly name: string;
  readonly value: string;
  readonly isQuoted: boolean;
}

/** The possible problems of a media type. */
export type MediaTypeProblem =
  | 'empty'
  | 'no-subtype'
  | 'invalid-type'
  | 'several-types'
  | 'parameter-without-value'
  | 'invalid-parameter'
  | 'unterminated-quote'
  | 'bytes-after-quote'
  | 'duplicate-parameter';

/** A media type, in lower case where case does not matter. */
export interface MediaType {
  /** `type/subtype`, or whatever precedes the first `;`. */
  readonly essence: string;
  readonly type: string;
  readonly subtype: string;
  /** The part of the subtype after the last `+` (RFC 6838 §4.2.8): `json`, `xml`; empty without one. */
  readonly suffix: string;
  /** In order, duplicates kept. */
  readonly parameters: readonly MediaTypeParameter[];
  /** Each kind once; empty for a valid media type. */
  readonly problems: readonly MediaTypeProblem[];
}

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Maximum bytes of cached values and their entries: those of one head and more. */
const knownBytesMax = 128 * 1024;
const placeBytes = 64;

/** Cached results: several readers parse the same types of a message, and a value can be as long as a head. */
class KnownTypes {
  readonly #byValue = new Map<string, MediaType>();
  #bytes = 0;

  of(value: string): MediaType {
    const before = this.#byValue.get(value);
    if (before !== undefined) return before;
    turn.spend(value.length);
    const mediaType = readMediaType(value);
    if (this.#bytes + value.length > knownBytesMax) {
      this.#byValue.clear();
      this.#bytes = 0;
    }
    this.#bytes += value.length + placeBytes;
    this.#byValue.set(value, mediaType);
    return mediaType;
  }
}

const known = new KnownTypes();

/** Reads a header value (byte string). Never throws; `problems` lists what a strict reader would refuse. */
export function parseMediaType(value: string): MediaType {
  return known.of(value);
}

function readMediaType(value: string): MediaType {
  const problems = new Set<MediaTypeProblem>();
  const semicolon = value.indexOf(';');
  const essence = foldAscii(trimHeaderSpace(semicolon === -1 ? value : value.slice(0, semicolon)));
  const slash = essence.indexOf('/');
  const type = slash === -1 ? essence : essence.slice(0, slash);
  const subtype = slash === -1 ? '' : essence.slice(slash + 1);
  if (essence.length === 0) problems.add('empty');
  else if (slash === -1) problems.add('no-subtype');
  else if (!token.test(type) || !token.test(subtype)) problems.add('invalid-type');
  if (essence.includes(',')) problems.add('several-types');
  const parameters = semicolon === -1 ? [] : parseParameters(value, semicolon, problems);
  const plus = subtype.lastIndexOf('+');
  return {
    essence,
    type,
    subtype,
    suffix: plus === -1 ? '' : subtype.slice(plus + 1),
    parameters,
    problems: [...problems],
  };
}

/** Value of the first parameter called `name` (lower case); `undefined` if there is none. */
export function parameterOf(mediaType: MediaType, name: string): string | undefined {
  return mediaType.parameters.find((parameter) => parameter.name === name)?.value;
}

/** Whether the type is JSON by name or by structured suffix. */
export function isJson(mediaType: MediaType): boolean {
  return mediaType.suffix === 'json' || mediaType.essence === 'application/json' || mediaType.essence === 'text/json';
}

/** Whether the type is XML by name or by structured suffix. */
export function isXml(mediaType: MediaType): boolean {
  return mediaType.suffix === 'xml' || mediaType.essence === 'application/xml' || mediaType.essence === 'text/xml';
}

/** YAML (RFC 9512 and older names) and TOML. */
const escapedTypes: ReadonlySet<string> = new Set(
  ['yaml', 'x-yaml', 'vnd.yaml', 'yml', 'x-yml', 'toml', 'x-toml'].flatMap((subtype) => [
    `application/${subtype}`,
    `text/${subtype}`,
  ]),
);

/** Whether the type is YAML or TOML by name or by structured suffix: text with escapes in double quotes. */
export function isEscapedText({ essence, suffix }: MediaType): boolean {
  return escapedTypes.has(essence) || suffix === 'yaml' || suffix === 'toml';
}

/** Reads `; name=value; name="quoted"` from the semicolon at `from` to the end of `value`. */
function parseParameters(value: string, from: number, problems: Set<MediaTypeProblem>): MediaTypeParameter[] {
  const parameters: MediaTypeParameter[] = [];
  const names = new Set<string>();
  let offset = from;
  while (offset < value.length) {
    offset = skipSpace(value, offset + 1);
    const nameStart = offset;
    while (offset < value.length && value[offset] !== ';' && value[offset] !== '=') offset += 1;
    const name = foldAscii(trimHeaderSpace(value.slice(nameStart, offset)));
    if (value[offset] !== '=') {
      if (name.length > 0) problems.add('parameter-without-value');
      continue;
    }
    if (!token.test(name)) problems.add('invalid-parameter');
    const read = readParameterValue(value, skipSpace(value, offset + 1), problems);
    offset = read.end;
    if (names.has(name)) problems.add('duplicate-parameter');
    names.add(name);
    parameters.push({ name, value: read.text, isQuoted: read.isQuoted });
  }
  return parameters;
}

interface ReadValue {
  readonly text: string;
  readonly isQuoted: boolean;
  /** Offset of the `;` that ends the parameter, or the end of the header. */
  readonly end: number;
}

function readParameterValue(value: string, start: number, problems: Set<MediaTypeProblem>): ReadValue {
  if (value[start] !== '"') {
    const semicolon = value.indexOf(';', start);
    const end = semicolon === -1 ? value.length : semicolon;
    const text = trimHeaderSpace(value.slice(start, end));
    if (!token.test(text)) problems.add('invalid-parameter');
    if (text.includes(',')) problems.add('several-types');
    return { text, isQuoted: false, end };
  }
  let text = '';
  let offset = start + 1;
  while (offset < value.length && value[offset] !== '"') {
    if (value[offset] === '\\' && offset + 1 < value.length) offset += 1;
    text += value[offset];
    offset += 1;
  }
  if (offset >= value.length) {
    problems.add('unterminated-quote');
    return { text, isQuoted: true, end: value.length };
  }
  const semicolon = value.indexOf(';', offset);
  const end = semicolon === -1 ? value.length : semicolon;
  const rest = trimHeaderSpace(value.slice(offset + 1, end));
  if (rest.length > 0) problems.add(rest.startsWith(',') ? 'several-types' : 'bytes-after-quote');
  return { text, isQuoted: true, end };
}

function skipSpace(value: string, from: number): number {
  let offset = from;
  while (offset < value.length && isHeaderSpace(value.charCodeAt(offset))) offset += 1;
  return offset;
}
