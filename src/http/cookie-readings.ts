// Alternate readings of cookies, as in servers that decode quotes (RFC 2109 §4.1: Python, Java), treat a cookie without `=` as a
// value (Django, Starlette) or keep JSON in cookies (Express). Guesses: they add fields but never a failure.

import { isHeaderSpace, toBytes, trimHeaderSpace } from '../base/bytes.ts';
import type { Steps } from '../base/turn.ts';
import type { FieldSink } from './field.ts';
import { writeField } from './field-writer.ts';
import { decodePercent } from './request-target.ts';
import { unheard, type ValueReadingOptions, ValueReadings } from './value-readings.ts';

/** Options of these readings. */
export interface CookieReadingOptions extends ValueReadingOptions {
  readonly nameBytesMax: number;
}

/**
 * Reads all Cookie headers of a request (byte strings) again and reports, as REQUEST_COOKIES_READING under the name of the
 * cookie, whatever differs from `readCookies`: values in quotes with escapes decoded, whether or not the quotes may enclose a
 * `;`; the text of a cookie without `=` as a value without a name; string literals of JSON, escaped or not, with Express's
 * prefixes. Takes time proportional to the headers; each step reads one cookie.
 */
export function* readCookiesFurther(headers: readonly string[], options: CookieReadingOptions): Steps<void> {
  const reader = new CookieReader(options);
  // Servers join several headers like this (RFC 6265 §5.4).
  const text = headers.join(';');
  for (const segment of text.split(';')) {
    reader.readSegment(trimHeaderSpace(segment));
    yield;
  }
  for (const { name, quoted } of quotedCookies(text)) {
    if (quoted.includes(';')) reader.report(name, unescapeQuoted(quoted));
    yield;
  }
}

/**
 * Whether a Cookie header may have alternate readings; most have none, and the readers are not created. Except for a cookie
 * without `=`, each reading needs a quote, plain or escaped, because escapes do not extend across separators.
 */
export function mayReadFurther(header: string): boolean {
  return hasNameless(header) || /["']/.test(decodePercent(header));
}

/** Whether a cookie has no `=`. */
function hasNameless(header: string): boolean {
  let equals = header.indexOf('=');
  for (let from = 0; from <= header.length; ) {
    const semicolon = header.indexOf(';', from);
    const end = semicolon < 0 ? header.length : semicolon;
    if (equals >= 0 && equals < from) equals = header.indexOf('=', from);
    if ((equals < 0 || equals > end) && trimHeaderSpace(header.slice(from, end)) !== '') return true;
    from = end + 1;
  }
  return false;
}

/** Every `name="…"` with matching quotes. */
function* quotedCookies(text: string): Generator<{ readonly name: string; readonly quoted: string }> {
  let from = 0;
  for (let equals = text.indexOf('='); equals >= 0; equals = text.indexOf('=', from)) {
    let start = equals + 1;
    while (isHeaderSpace(text.charCodeAt(start))) start += 1;
    const before = text.slice(from, equals);
    from = start;
    if (text[start] !== '"') continue;
    const end = closingQuote(text, start + 1);
    // Without a closing quote here there is none later.
    if (end < 0) return;
    from = end + 1;
    const separator = Math.max(before.lastIndexOf(';'), before.lastIndexOf(','));
    yield { name: trimHeaderSpace(before.slice(separator + 1)), quoted: text.slice(start + 1, end) };
  }
}

/** Offset of the first `"` at or after `start` without a backslash before it; -1 if there is none. */
function closingQuote(text: string, start: number): number {
  for (let offset = start; offset < text.length; offset += 1) {
    if (text[offset] === '\\') offset += 1;
    else if (text[offset] === '"') return offset;
  }
  return -1;
}

/** Three octal digits for a byte, or a backslash before any other letter (Python's http.cookies, Werkzeug). */
const quotedEscape = /\\(?:([0-3][0-7][0-7])|([\s\S]))/g;

/** The content of quotes, with escapes decoded. */
function unescapeQuoted(text: string): string {
  return text.replace(quotedEscape, (_, octal: string | undefined, letter: string) =>
    octal === undefined ? letter : String.fromCharCode(Number.parseInt(octal, 8)),
  );
}

/** Express's prefixes of signed cookies and of JSON. */
const expressPrefix = /^(?:s:)?(?:j:)?/;

/** Escapes of JSON and scripts that do not exist in quoted cookies. */
const hasTextEscape = /\\(?:u[\da-f{]|x[\da-f]{2})/i;

class CookieReader {
  readonly #sink: FieldSink;
  readonly #nameBytesMax: number;
  /** Reports only literals inside values. */
  readonly #literals: ValueReadings;

  constructor(options: CookieReadingOptions) {
    this.#sink = options.openReading();
    this.#nameBytesMax = options.nameBytesMax;
    this.#literals = new ValueReadings(unheard, options);
  }

  /** Takes a cookie between semicolons, without surrounding white space. */
  readSegment(segment: string): void {
    const equals = segment.indexOf('=');
    if (equals < 0 && segment !== '') this.report('', segment);
    const name = equals < 0 ? '' : trimHeaderSpace(segment.slice(0, equals));
    const value = trimHeaderSpace(segment.slice(equals + 1));
    const isQuoted = value.length > 1 && value.startsWith('"') && value.endsWith('"');
    const inner = isQuoted ? value.slice(1, -1) : value;
    if (isQuoted && inner.includes('\\')) {
      this.report(name, unescapeQuoted(inner));
      if (hasTextEscape.test(inner)) this.#readText(name, value);
    } else if (equals >= 0) this.#readText(name, inner);
  }

  /** Reports a value, and what can be decoded in it. */
  report(name: string, value: string): void {
    writeField(this.#sink, 'REQUEST_COOKIES_READING', { name, value, nameBytesMax: this.#nameBytesMax });
    this.#readText(name, value);
  }

  /** Reports the literals of a cookie that contains another format. */
  #readText(name: string, value: string): void {
    const decoded = decodePercent(value);
    const prefix = expressPrefix.exec(decoded)?.[0] ?? '';
    // A lone quoted string is just the quoting of the cookie.
    if (!prefix.endsWith('j:') && /^\s*["']/.test(decoded) && !hasTextEscape.test(decoded)) return;
    const text = toBytes(decoded.slice(prefix.length));
    if (text.length === 0) return;
    this.#literals.begin('REQUEST_COOKIES', name.slice(0, this.#nameBytesMax));
    this.#literals.write(text);
    this.#literals.end();
  }
}
