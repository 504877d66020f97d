// What a body looks like by its first bytes, for when its Content-Type is missing or cannot be right. Knows how each format
// starts, and nothing more.

import { byteSet, toByteString } from '../base/bytes.ts';
import { type Charset, charsetOf, isRecoded, sniffWideCharset, wideHeadBytes } from './charset.ts';

/** The format suggested by the first bytes. `LITERALS`: almost JSON, such as JSON5 and what Python and lenient parsers accept. */
export interface BodyLook {
  readonly processor: 'JSON' | 'XML' | 'MULTIPART' | 'URLENCODED' | 'LITERALS';
  /** For MULTIPART: the boundary in the first line. */
  readonly boundary?: string;
  /** The wide charset that the body seems to be in. */
  readonly charset?: Charset;
}

const looks: readonly (readonly [BodyLook['processor'], RegExp])[] = [
  // An object, or a list with a plausible first element; `[text` and `{text` are not JSON.
  ['JSON', /^(?:\{\s*(?:["}]|$)|\[\s*(?:["{[\]tfn\d-]|$))/],
  ['LITERALS', /^(?:[{[]|\/[/*])/],
  ['XML', /^<(?:[A-Za-z_?!]|$)/],
  // A part of a form must follow, because Markdown, YAML and quoted mail also start with dashes.
  [
    'MULTIPART',
    /^--([\w'()+,./:=? -]{1,256}?)[ \t]*\r?\n(?:[!-9;-~]+:[^\n]*\n){0,8}?content-disposition[ \t]*:[ \t]*form-data\b/i,
  ],
  ['URLENCODED', /^[\w.[\]%+-]{1,128}=/],
];

/** What a body can still become if its first bytes are not decisive, in the order of `looks`. */
const beginnings: Readonly<Record<BodyLook['processor'], RegExp>> = {
  JSON: /^[{[]\s*$/,
  LITERALS: /^\/$/,
  XML: /^<$/,
  MULTIPART:
    /^-(?:-(?:[\w'()+,./:=? -]{0,256}[ \t]*\r?(?:\n(?:[!-9;-~]+:[^\n]*\n){0,8}[!-9;-~]*[ \t]*(?::[^\n]*)?)?)?)?$/,
  URLENCODED: /^[\w.[\]%+-]{1,128}$/,
};

/** First bytes that show that text is not wide. */
const narrowHeadBytes = 2;

/** White space, and the bytes of a byte order mark. */
const isSpace = byteSet(' \t\n\v\f\r\u00ef\u00bb\u00bf');

/**
 * The offset in `bytes` at which a body starts after white space and a byte order mark; `bytes.length` if there is nothing else.
 * There can be more of these than the bytes given.
 */
export function startOf(bytes: Uint8Array): number {
  let offset = 0;
  while (offset < bytes.length && isSpace[bytes[offset] as number] === 1) offset += 1;
  return offset;
}

/**
 * What a body that starts with `head` looks like; `undefined` for everything else. Leading white space and a byte order mark are
 * skipped. Does not check whether the rest is valid.
 */
export function lookOf(head: Uint8Array): BodyLook | undefined {
  const charset = sniffWideCharset(head);
  if (charset !== undefined) {
    const look = looks.find(([, pattern]) => pattern.test(narrowed(head)));
    // A boundary of wide letters separates nothing.
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

/** The ASCII letters of wide text, as a byte string. */
function narrowed(head: Uint8Array): string {
  return toByteString(head.filter((byte) => byte !== 0 && byte < 0xfe)).trimStart();
}

/**
 * Whether bytes after `head` could change the result of `lookOf`. If not, the result is the same for every longer head, and the
 * body need not be kept any longer. `among`: the looks that matter.
 */
export function mayLookOtherwise(head: Uint8Array, among: readonly BodyLook['processor'][]): boolean {
  const charset = sniffWideCharset(head);
  // UTF-32 can start with two NUL bytes, which decide nothing yet.
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
 * The form in UTF-16, UTF-32 or EBCDIC that a body may be: if its charset is declared, or a byte order mark or NUL is at its
 * start. `undefined` for every other body.
 */
export function wideFormOf(head: Uint8Array, label: string): BodyLook | undefined {
  const found = sniffWideCharset(head);
  const declared = charsetOf(label);
  const charset = found ?? (isRecoded(declared) ? declared : undefined);
  return charset === undefined ? undefined : { processor: 'URLENCODED', charset };
}
