// The kinds of fields that are scanned for patterns, and which SecLang variables look at which kinds. Knows no rule: `targets.ts`
// combines a variable with its selector and its exclusions.

import type { FieldSource } from '../http/field.ts';

/**
 * Every kind of field, in the order in which rules see them. A kind is either one field of the message (REQUEST_LINE) or a
 * collection of named fields (ARGS_GET). Name kinds have the names of their collection as values.
 */
export const fieldKinds = [
  'REQUEST_LINE',
  'REQUEST_METHOD',
  'REQUEST_PROTOCOL',
  'REQUEST_URI',
  'REQUEST_URI_RAW',
  'REQUEST_FILENAME',
  'REQUEST_BASENAME',
  'QUERY_STRING',
  'REQUEST_HEADERS',
  'REQUEST_HEADERS_NAMES',
  'REQUEST_COOKIES',
  'REQUEST_COOKIES_NAMES',
  'ARGS_GET',
  'ARGS_GET_NAMES',
  'ARGS_POST',
  'ARGS_POST_NAMES',
  'XML_TEXT',
  'XML_ATTRIBUTE',
  'FILES',
  'FILES_NAMES',
  'FILE_CONTENT',
  'MULTIPART_PART_HEADERS',
  'REQUEST_BODY',
  'RESPONSE_HEADERS',
  'RESPONSE_HEADERS_NAMES',
  'RESPONSE_BODY',
] as const;

/** Name of a kind of field. */
export type FieldKindName = (typeof fieldKinds)[number];

/** Index into `fieldKinds`. */
export type FieldKind = number;

const kindByName: ReadonlyMap<string, FieldKind> = new Map(fieldKinds.map((name, kind) => [name, kind]));

/** The kind with the given name. */
export function fieldKind(name: FieldKindName): FieldKind {
  return kindByName.get(name) as FieldKind;
}

/** A set of kinds. It is queried for every field, so it is a table. */
export class KindSet {
  readonly #isIn: readonly boolean[];

  constructor(names: readonly FieldKindName[]) {
    const members: ReadonlySet<FieldKindName> = new Set(names);
    this.#isIn = fieldKinds.map((name) => members.has(name));
  }

  has(kind: FieldKind): boolean {
    return this.#isIn[kind] === true;
  }
}

/** SecLang variables whose values are fields, each with the kinds it looks at, in order. */
const variableKinds: Readonly<Record<string, readonly FieldKindName[]>> = {
  ARGS: ['ARGS_GET', 'ARGS_POST'],
  ARGS_NAMES: ['ARGS_GET_NAMES', 'ARGS_POST_NAMES'],
  FILES_TMP_CONTENT: ['FILE_CONTENT'],
};

const ownKinds: ReadonlySet<string> = new Set(
  fieldKinds.filter((name) => !['XML_TEXT', 'XML_ATTRIBUTE', 'FILE_CONTENT'].includes(name)),
);

/**
 * The kinds that a SecLang variable looks at, or `undefined` if its values are not fields (TX, REMOTE_ADDR, …). For `XML` the
 * path decides: attribute values for `//@*`, text otherwise.
 */
export function kindsOfVariable(variable: string, xpath?: string): readonly FieldKind[] | undefined {
  if (variable === 'XML') return [fieldKind(xpath?.includes('@') ? 'XML_ATTRIBUTE' : 'XML_TEXT')];
  const names = variableKinds[variable];
  if (names) return names.map(fieldKind);
  return ownKinds.has(variable) ? [fieldKind(variable as FieldKindName)] : undefined;
}

/** The kind for the names of a source's fields, if SecLang has a variable for them. */
const nameKinds: Partial<Record<FieldSource, FieldKindName>> = {
  REQUEST_HEADERS: 'REQUEST_HEADERS_NAMES',
  REQUEST_COOKIES: 'REQUEST_COOKIES_NAMES',
  ARGS_GET: 'ARGS_GET_NAMES',
  ARGS_POST: 'ARGS_POST_NAMES',
  FILES: 'FILES_NAMES',
  RESPONSE_HEADERS: 'RESPONSE_HEADERS_NAMES',
};

/** The kind of the field that an alternate reading is derived from. */
const readKinds: Partial<Record<FieldSource, FieldKindName>> = {
  ARGS_GET_READING: 'ARGS_GET',
  ARGS_POST_READING: 'ARGS_POST',
  REQUEST_COOKIES_READING: 'REQUEST_COOKIES',
  REQUEST_HEADERS_READING: 'REQUEST_HEADERS',
  REQUEST_BODY_READING: 'REQUEST_BODY',
};

/** What rules look at in a source. */
export interface SourceKinds {
  readonly value: FieldKind;
  /** `undefined`: no rule can look at the names. */
  readonly name: FieldKind | undefined;
  /** Whether the fields are alternate readings of others, which rules do not count. */
  readonly isReading: boolean;
}

/** The kinds of a source's values and of its names. */
export function kindsOfSource(source: FieldSource): SourceKinds {
  const name = nameKinds[source];
  const read = readKinds[source];
  return {
    value: fieldKind(read ?? (source as FieldKindName)),
    name: name === undefined ? undefined : fieldKind(name),
    isReading: read !== undefined,
  };
}

/**
 * Kinds whose values are complete when they are scanned: parts of heads, whatever their length. All others can arrive piece by
 * piece.
 */
export const wholeKinds = new KindSet([
  'REQUEST_LINE',
  'REQUEST_METHOD',
  'REQUEST_PROTOCOL',
  'REQUEST_URI',
  'REQUEST_URI_RAW',
  'REQUEST_FILENAME',
  'REQUEST_BASENAME',
  'QUERY_STRING',
  'REQUEST_HEADERS',
  'REQUEST_HEADERS_NAMES',
  'RESPONSE_HEADERS',
  'RESPONSE_HEADERS_NAMES',
]);

/**
 * Kinds whose values are similar from request to request: names, which applications choose, and parts of the request line without
 * user input. For REQUEST_HEADERS the header decides (`isRecurringHeader`).
 */
export const recurringKinds = new KindSet([
  'REQUEST_METHOD',
  'REQUEST_PROTOCOL',
  'REQUEST_FILENAME',
  'REQUEST_BASENAME',
  'REQUEST_HEADERS_NAMES',
  'REQUEST_COOKIES_NAMES',
  'ARGS_GET_NAMES',
  'ARGS_POST_NAMES',
  'RESPONSE_HEADERS_NAMES',
]);

/** Headers that describe the client's software or the connection, and contain no secret. Lower case. */
const recurringHeaders: ReadonlySet<string> = new Set([
  'accept',
  'accept-charset',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'dnt',
  'host',
  'origin',
  'pragma',
  'priority',
  'sec-ch-ua',
  'sec-ch-ua-mobile',
  'sec-ch-ua-platform',
  'sec-fetch-dest',
  'sec-fetch-mode',
  'sec-fetch-site',
  'sec-fetch-user',
  'te',
  'transfer-encoding',
  'upgrade-insecure-requests',
  'user-agent',
  'x-forwarded-proto',
  'x-requested-with',
]);

/** Whether a header's values are similar from request to request. @param key its name in lower case. */
export function isRecurringHeader(key: string): boolean {
  return recurringHeaders.has(key);
}

/**
 * Kinds whose fields come from a body: unlimited in number and size, so their values are not kept. All others are limited by
 * `receiveMessageBytesMax` and kept whole for the duration of the exchange.
 */
export const bodyKinds = new KindSet([
  'ARGS_POST',
  'ARGS_POST_NAMES',
  'XML_TEXT',
  'XML_ATTRIBUTE',
  'FILES',
  'FILES_NAMES',
  'FILE_CONTENT',
  'MULTIPART_PART_HEADERS',
  'REQUEST_BODY',
  'RESPONSE_BODY',
]);
