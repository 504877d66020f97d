// The Content-Disposition of a part (RFC 7578 §4.2), read as ModSecurity reads it, and on past what ModSecurity refuses:
// every name and file name that some server would find is found. Knows nothing of the body.

import { foldAscii, isHeaderSpace, toByteString, toBytes } from '../../base/bytes.ts';
import type { BodyFact } from '../../http/field.ts';
import { decodePercent } from '../../http/request-target.ts';
import { charsetOf, isUnread, isWide, openCharsetDecoder } from '../charset.ts';
import type { Decoder } from '../decoder.ts';

/** What a Content-Disposition says. */
export interface ContentDisposition {
  /** `form-data`, `attachment`, …; lower case. */
  readonly type: string;
  /** Values of `name`, in order; more than one is a problem. */
  readonly names: readonly string[];
  /** Names once more as other parsers read them: a backslash escapes any letter, or nothing; blanks around the name are taken off. */
  readonly otherNames: readonly string[];
  /** Values of `filename` and, decoded, of `filename*`, in order. */
  readonly filenames: readonly string[];
  /** Whether every parser finds the same parameters in it: `odd` when some do not, `escaped` when they differ in a file name. */
  readonly spelling: 'plain' | 'escaped' | 'odd';
  readonly facts: readonly BodyFact[];
  /** Why servers may disagree about names. */
  readonly problems: readonly string[];
}

/** A parameter as browsers and HTTP libraries write it; nothing in the quotes looks like an escape of them. */
const plainText = String.raw`(?:"(?:[^"\\\0\r]|\\(?!["\\]))*"|[\w!#$&+.^\`|~-]+)`;
const escapedText = String.raw`"(?:[^"\\\0\r]|\\.)*"`;
const extended = String.raw`;[ ]?filename\*=[uU][tT][fF]-8''[\w!#$&+.^\`|~%'()*-]+`;
/** What RFC 2183 §2.4–2.7 lets a sender say besides, and Java's Jersey says: in this spelling nobody reads a name in it. */
const datesAndSize = String.raw`;[ ]?(?:(?:creation|modification|read)-date="[\w ,:+-]*"|size=\d+)`;
const parametersOf = (filename: string): RegExp =>
  new RegExp(`^[a-z-]+(?:;[ ]?name=${plainText}|;[ ]?filename=${filename}|${extended}|${datesAndSize})*$`);
const plainSpelling = parametersOf(plainText);
const escapedSpelling = parametersOf(escapedText);

function spellingOf(value: string): ContentDisposition['spelling'] {
  if (plainSpelling.test(value)) return value.includes('filename*=') && !value.includes('filename=') ? 'odd' : 'plain';
  return escapedSpelling.test(value) ? 'escaped' : 'odd';
}

/** Reads a header value (byte string). Never throws; linear in its length. */
export function parseContentDisposition(value: string): ContentDisposition {
  return new DispositionReader(value).read();
}

class DispositionReader {
  readonly #text: string;
  #offset = 0;
  readonly #names: string[] = [];
  readonly #otherNames: string[] = [];
  /** What stands in the quotes of the value being read. */
  #written = '';
  readonly #filenames: string[] = [];
  readonly #facts = new Set<BodyFact>();
  readonly #problems = new Set<string>();

  constructor(text: string) {
    this.#text = text;
  }

  read(): ContentDisposition {
    this.#skipSpace();
    const type = foldAscii(this.#takeUntil('; \t'));
    this.#skipSpace();
    while (this.#offset < this.#text.length) {
      if (this.#text[this.#offset] === ';') this.#offset += 1;
      else {
        this.#facts.add('MULTIPART_MISSING_SEMICOLON');
        this.#problems.add('Content-Disposition lacks a semicolon');
      }
      this.#skipSpace();
      if (this.#offset < this.#text.length && this.#text[this.#offset] !== ';') this.#readParameter();
      this.#skipSpace();
    }
    if (this.#names.length > 1) this.#problems.add('the part has several names');
    return {
      type,
      names: this.#names,
      otherNames: this.#otherNames,
      filenames: this.#filenames,
      spelling: spellingOf(this.#text),
      facts: [...this.#facts],
      problems: [...this.#problems],
    };
  }

  #readParameter(): void {
    const name = foldAscii(this.#takeUntil('=; \t'));
    this.#skipSpace();
    if (this.#text[this.#offset] !== '=') {
      this.#problems.add('a parameter of Content-Disposition has no value');
      return;
    }
    this.#offset += 1;
    this.#skipSpace();
    const quote = this.#text[this.#offset];
    const isQuoted = quote === '"' || quote === "'";
    this.#written = '';
    const value = isQuoted ? this.#takeQuoted(quote) : this.#takeUntil('; \t');
    // The single quotes of an extended value are its syntax (RFC 8187).
    if (!isQuoted && name !== 'filename*' && /["']/.test(value)) this.#facts.add('MULTIPART_INVALID_QUOTING');
    if (!isQuoted && value.includes('"')) this.#problems.add('a value without quotes has one inside');
    this.#keep(name, value);
  }

  #keep(name: string, value: string): void {
    switch (name) {
      case 'name':
        this.#names.push(value);
        if (edgeControl.test(value)) this.#problems.add('a name begins or ends with a control character');
        this.#otherNames.push(...this.#otherNamesOf(value));
        break;
      case 'filename':
        if (this.#filenames.length > 0) this.#problems.add('the part has several file names');
        this.#filenames.push(...this.#otherReadings(value), value);
        break;
      case 'filename*':
        this.#keepExtended(value);
        break;
      case 'creation-date':
      case 'modification-date':
      case 'read-date':
        if (!/^[\w ,:+-]*$/.test(value)) this.#problems.add('a date of Content-Disposition is none');
        break;
      case 'size':
        if (!/^\d+$/.test(value)) this.#problems.add('a size of Content-Disposition is not a number');
        break;
      default:
        this.#problems.add('Content-Disposition has a parameter other than name and filename');
    }
  }

  /** The bytes of an extended value, and what they are in its charset when that is a wide one. */
  #keepExtended(value: string): void {
    if (!extendedValue.test(value)) this.#problems.add('an extended file name has bytes that RFC 8187 forbids');
    const { label, text } = decodeExtended(value);
    this.#filenames.push(text);
    const charset = charsetOf(label);
    if (isUnread(charset)) this.#problems.add('a file name is in a charset that is not known');
    if (isWide(charset)) this.#filenames.push(wideText(label, text));
  }

  #takeQuoted(quote: string): string {
    if (quote === "'") this.#facts.add('MULTIPART_INVALID_QUOTING');
    this.#offset += 1;
    const parts: string[] = [];
    let start = this.#offset;
    const first = start;
    while (this.#offset < this.#text.length && this.#text[this.#offset] !== quote) {
      const next = this.#text[this.#offset + 1];
      // Only the quote and the backslash can be escaped: old browsers send C:\path\file with plain backslashes.
      if (this.#text[this.#offset] === '\\' && (next === quote || next === '\\')) {
        parts.push(this.#text.slice(start, this.#offset));
        start = this.#offset + 1;
        this.#offset += 1;
      }
      this.#offset += 1;
    }
    parts.push(this.#text.slice(start, this.#offset));
    this.#written = this.#text.slice(first, this.#offset);
    if (this.#offset >= this.#text.length) this.#problems.add('a quote of Content-Disposition is not closed');
    this.#offset += 1;
    const value = parts.join('');
    if (quote === "'" && value.includes("'")) this.#facts.add('MULTIPART_INVALID_QUOTING');
    return value;
  }

  /**
   * What parsers make of a value with backslashes that take them for escapes of any letter, of none, or of quotes alone
   * (Jetty), or that keep the escapes they see (Tomcat).
   */
  #otherReadings(value: string): string[] {
    const untilQuote = this.#written.split('"', 1)[0] ?? '';
    const unquoted = this.#written.replaceAll('\\"', '"');
    const others = new Set([unescaped(this.#written), untilQuote, this.#written, unquoted]);
    return [...others].filter((other) => other !== '' && other !== value);
  }

  /** The same of a name, and each without the blanks and controls around it (Tomcat, Jetty). */
  #otherNamesOf(value: string): string[] {
    const readings = [value, ...this.#otherReadings(value)];
    const others = new Set([...readings, ...readings.map((reading) => reading.replace(edges, ''))]);
    return [...others].filter((other) => other !== '' && other !== value);
  }

  #takeUntil(stops: string): string {
    const start = this.#offset;
    while (this.#offset < this.#text.length && !stops.includes(this.#text[this.#offset] as string)) this.#offset += 1;
    return this.#text.slice(start, this.#offset);
  }

  #skipSpace(): void {
    while (this.#offset < this.#text.length && isHeaderSpace(this.#text.charCodeAt(this.#offset))) this.#offset += 1;
  }
}

/** RFC 8187 §3.2.1, and what encodeURIComponent leaves as it is. */
const extendedValue = /^[\w!#$%&+^`{}~-]*'[\w-]*'(?:[\w!#$&+.^`|~'()*-]|%[\da-fA-F]{2})*$/;

/** Java's servers take controls off names, as they do blanks. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const edgeControl = /^ *[\0-\x1f]|[\0-\x1f] *$/;

const edges = /^[\0-\x20]+|[\0-\x20]+$/g;

const unescaped = (value: string): string => value.replace(/\\(.)/g, '$1');

/** An extended value (RFC 8187 §3.2.1: `charset'language'%HH…`) decoded; without its two quotes decoded as a whole. */
function decodeExtended(value: string): { readonly label: string; readonly text: string } {
  const parts = /^([^']*)'[^']*'/.exec(value);
  if (parts === null) return { label: '', text: decodePercent(value) };
  return { label: parts[1] ?? '', text: decodePercent(value.slice(parts[0].length)) };
}

/** Bytes in a wide charset as those of UTF-8; byte strings. */
function wideText(label: string, bytes: string): string {
  let text = '';
  const next: Decoder = {
    heldBytes: 0,
    write: (decoded) => {
      text += toByteString(decoded);
    },
    end: () => {},
  };
  const decoder = openCharsetDecoder(label, next, { keepsAscii: false });
  decoder?.write(toBytes(bytes));
  decoder?.end();
  return text;
}
