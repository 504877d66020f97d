// What a body looks like when its Content-Type does not say, or says what cannot be: by its first bytes. Knows how each
// format begins, and nothing more of it.

import { byteSet, toByteString } from '../base/bytes.ts';
import { type Charset, charsetOf, isRecoded, sniffWideCharset, wideHeadBytes } from './charset.ts';

/** What first bytes look like. `LITERALS`: nearly JSON, such as JSON5 and what Python and lenient parsers read. */
export interface BodyLook {
  readonly processor: 'JSON' | 'XML' | 'MULTIPART' | 'URLENCODED' | 'LITERALS';
  /** For MULTIPART: the boundary that the first line shows. */
  readonly boundary?: string;
  /** The wide charset that the body seems to be in. */
  readonly charset?: Charset;
}

const looks: readonly (readonly [BodyLook['processor'], RegExp])[] = [
  // An object or a list whose first element could be one; `[text` and `{text` are not JSON.
  ['JSON', /^(?:\{\s*(?:["}]|$)|\[\s*(?:["{[\]tfn\d-]|$))/],
  ['LITERALS', /^(?:[{[]|\/[/*])/],
  ['XML', /^<(?:[A-Za-z_?!]|$)/],
  // A part of a form must follow: Markdown, YAML and quoted mail begin with dashes too.
  [
    'MULTIPART',
    /^--([\w'()+,./:=? -]{1,256}?)[ \t]*\r?\n(?:[!-9;-~]+:[^\n]*\n){0,8}?content-disposition[ \t]*:[ \t]*form-data\b/i,
  ],
  ['URLENCODED', /^[\w.[\]%+-]{1,128}=/],
];

/** What a body may become whose first bytes are not a look yet, in the order of `looks`. */
const beginnings: Readonly<Record<BodyLook['processor'], RegExp>> = {
  JSON: /^[{[]\s*$/,
  LITERALS: /^\/$/,
  XML: /^<$/,
  MULTIPART:
    /^-(?:-(?:[\w'()+,./:=? -]{0,256}[ \t]*\r?(?:\n(?:[!-9;-~]+:[^\n]*\n){0,8}[!-9;-~]*[ \t]*(?::[^\n]*)?)?)?)?$/,
  URLENCODED: /^[\w.[\]%+-]{1,128}$/,
};

/** First bytes that tell that text is not wide. */
const narrowHeadBytes = 2;

/** White space, and the bytes of a byte order mark. */
const isSpace = byteSet(' \t\n\v\f\r\u00ef\u00bb\u00bf');

/**
 * Where in `bytes` a body begins that may begin with white space and a byte order mark: `bytes.length` when there is
 * nothing else. There may be more of it than bytes are looked at.
 */
export function startOf(bytes: Uint8Array): number {
  let offset = 0;
  while (offset < bytes.length && isSpace[bytes[offset] as number] === 1) offset += 1;
  return offset;
}

/**
 * What a body that begins with `head` looks like; `undefined` for everything else. White space and a byte order mark
 * before it are skipped. Says nothing about whether the rest is valid.
 */
export function lookOf(head: Uint8Array): BodyLook | undefined {
  const charset = sniffWideCharset(head);
  if (charset !== undefined) {
    const look = looks.find(([, pattern]) => pattern.test(narrowed(head)));
    // A boundary of wide letters divides nothing.
    return look === undefined || look[0] === 'MULTIPART' ? undefined : { processor: look[0], charset };
  }
  const text = textOf(head);
  if (text === '') return undefined;
  for (const [processor, pattern] of looks) {
    const match = pattern.exec(text);
    if (match === null) continue;
    return match[1] === undefined ? { processor } : { processor, boundary: match[1] };
  }
  return undefined;
}

/** ASCII letters of wide text, as a byte string. */
function narrowed(head: Uint8Array): string {
  return toByteString(head.filter((byte) => byte !== 0 && byte < 0xfe)).trimStart();
}

/**
 * Whether bytes that follow `head` could change what `lookOf` says of it. Where they cannot, it says the same of every longer
 * head: a body need not be kept for longer. `among`: the looks that are asked for.
 */
export function mayLookOtherwise(head: Uint8Array, among: readonly BodyLook['processor'][]): boolean {
  const charset = sniffWideCharset(head);
  // UTF-32 may begin with two NUL bytes, which tell nothing yet.
  const isNarrow = charset === undefined && head[0] !== 0;
  const isTold = head.length >= (isNarrow ? narrowHeadBytes : wideHeadBytes);
  if (!isTold) return true;
  const text = charset === undefined ? textOf(head) : narrowed(head);
  if (text === '') return true;
  for (const [processor, pattern] of looks) {
    const match = pattern.exec(text);
    if (match !== null && match[0].length < text.length) return false;
    if (among.includes(processor) && beginnings[processor].test(text)) return true;
  }
  return false;
}

function textOf(head: Uint8Array): string {
  return toByteString(head).replace(/^(?:\u00ef\u00bb\u00bf)?\s*/, '');
}

/**
 * The form in UTF-16, UTF-32 or EBCDIC that a body may be: where its charset is declared so, or a byte order mark or NUL stands
 * first. `undefined` for every other body.
 */
export function wideFormOf(head: Uint8Array, label: string): BodyLook | undefined {
  const found = sniffWideCharset(head);
  const declared = charsetOf(label);
  const charset = found ?? (isRecoded(declared) ? declared : undefined);
  return charset === undefined ? undefined : { processor: 'URLENCODED', charset };
}
