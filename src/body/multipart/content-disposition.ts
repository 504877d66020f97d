// The Content-Disposition of a part (RFC 7578 §4.2), read as ModSecurity reads it and, where ModSecurity rejects it, beyond: every
// name and file name that some server would find is found. Knows nothing of the body.

import { foldAscii, isHeaderSpace, toByteString, toBytes } from '../../base/bytes.ts';
import type { BodyFact } from '../../http/field.ts';
import { decodePercent } from '../../http/request-target.ts';
import { charsetOf, isUnread, isWide, openCharsetDecoder } from '../charset.ts';
import type { Decoder } from '../decoder.ts';

/** The contents of a Content-Disposition. */
export interface ContentDisposition {
  /** `form-data`, `attachment`, …; lower case. */
  readonly type: string;
  /** Values of `name`, in order; more than one is a problem. */
  readonly names: readonly string[];
  /** The names as other parsers read them: a backslash escapes any letter, or nothing; white space around the name is stripped. */
  readonly otherNames: readonly string[];
  /** Values of `filename` and, decoded, of `filename*`, in order. */
  readonly filenames: readonly string[];
  /**
   * Whether every parser finds the same parameters in it: `odd` when some do not, `escaped` when only their readings of a file name
   * differ.
   */
  readonly spelling: 'plain' | 'escaped' | 'odd';
  readonly facts: readonly BodyFact[];
  /** Why servers may disagree about names. */
  readonly problems: readonly string[];
}

/** A parameter as browsers and HTTP libraries write it; nothing inside the quotes looks like an escape. */
const plainText = String.raw`(?:"(?:[^"\\\0\r]|\\(?!["\\]))*"|[\w!#$&+.^\`|~-]+)`;
const escapedText = String.raw`"(?:[^"\\\0\r]|\\.)*"`;
const extended = String.raw`;[ ]?filename\*=[uU][tT][fF]-8''[\w!#$&+.^\`|~%'()*-]+`;
/** Further parameters that RFC 2183 §2.4–2.7 allows and Java's Jersey sends; in this form, no parser reads a name in them. */
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
  /** The raw text between the quotes of the value being read. */
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
        this.#problems.add('Content-Disposition has no semicolon between parameters');
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
    if (!isQuoted && value.includes('"')) this.#problems.add('an unquoted value contains a quote');
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
        if (!/^[\w ,:+-]*$/.test(value)) this.#problems.add('a date of Content-Disposition is malformed');
        break;
      case 'size':
        if (!/^\d+$/.test(value)) this.#problems.add('a size of Content-Disposition is not a number');
        break;
      default:
        this.#problems.add('Content-Disposition has a parameter other than name and filename');
    }
  }

  /** The bytes of an extended value and, if its charset is a wide one, its text in UTF-8. */
  #keepExtended(value: string): void {
    if (!extendedValue.test(value)) this.#problems.add('an extended file name has bytes that RFC 8187 forbids');
    const { label, text } = decodeExtended(value);
    this.#filenames.push(text);
    const charset = charsetOf(label);
    if (isUnread(charset)) this.#problems.add('a file name has an unknown charset');
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
   * The readings of a value with backslashes by parsers that treat them as escapes of any letter, of none, or of quotes only
   * (Jetty), or that keep the escapes (Tomcat).
   */
  #otherReadings(value: string): string[] {
    const untilQuote = this.#written.split('"', 1)[0] ?? '';
    const unquoted = this.#written.replaceAll('\\"', '"');
    const others = new Set([unescaped(this.#written), untilQuote, this.#written, unquoted]);
    return [...others].filter((other) => other !== '' && other !== value);
  }

  /** The same for a name, each also without the white space and control characters around it (Tomcat, Jetty). */
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

/** RFC 8187 §3.2.1, and the characters that encodeURIComponent does not encode. */
const extendedValue = /^[\w!#$%&+^`{}~-]*'[\w-]*'(?:[\w!#$&+.^`|~'()*-]|%[\da-fA-F]{2})*$/;

/** Java's servers strip control characters from names, as they do spaces. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const edgeControl = /^ *[\0-\x1f]|[\0-\x1f] *$/;

const edges = /^[\0-\x20]+|[\0-\x20]+$/g;

const unescaped = (value: string): string => value.replace(/\\(.)/g, '$1');

/** Decodes an extended value (RFC 8187 §3.2.1: `charset'language'%HH…`); one without its two quotes is decoded as a whole. */
function decodeExtended(value: string): { readonly label: string; readonly text: string } {
  const parts = /^([^']*)'[^']*'/.exec(value);
  if (parts === null) return { label: '', text: decodePercent(value) };
  return { label: parts[1] ?? '', text: decodePercent(value.slice(parts[0].length)) };
}

/** Converts text in a wide charset to UTF-8; both are byte strings. */
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
