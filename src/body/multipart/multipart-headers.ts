// The headers of one part of a multipart body: takes lines, describes the part. Bounded; knows nothing of delimiters and content.

import { foldAscii, trimHeaderSpace } from '../../base/bytes.ts';
import { WafError } from '../../base/errors.ts';
import type { BodyFact } from '../../http/field.ts';
import { type MediaType, parameterOf, parseMediaType } from '../../http/media-type.ts';
import { charsetOf } from '../charset.ts';
import { codingsOf } from '../coding/content-coding.ts';
import { isKnownTransferEncoding, transferEncodingOf } from '../coding/transfer-encoding.ts';
import { type ContentDisposition, parseContentDisposition } from './content-disposition.ts';

/** A part as its headers describe it. */
export interface PartDescription {
  /** Whole header lines as received, folded ones joined, without line breaks. */
  readonly lines: readonly string[];
  /** Values of the `name` parameter; empty when the part has no name. */
  readonly names: readonly string[];
  /** The names as other parsers read them, which treat backslashes or white space differently. */
  readonly otherNames: readonly string[];
  /** Values of `filename` and `filename*`. */
  readonly filenames: readonly string[];
  /**
   * What servers treat it as: a form field, an uploaded file, either, or content that is neither, such as the parts of
   * `multipart/related` and `multipart/mixed` (RFC 2387).
   */
  readonly role: 'field' | 'file' | 'both' | 'content';
  /** Whether it is the field that names the charset of the others (RFC 7578 §4.6). */
  readonly isCharset: boolean;
  /** The part's own Content-Type; empty when there is none. */
  readonly contentType: string;
  /** Content-Transfer-Encoding, lower case; empty when there is none. */
  readonly transferEncoding: string;
  /** A content encoding, or a transfer encoding, that Weir does not decode in parts; empty when there is none. */
  readonly undecodedEncoding: string;
  /** The charset of the part's own Content-Type, lower case; empty when there is none. */
  readonly charset: string;
  readonly facts: readonly BodyFact[];
  readonly problems: readonly string[];
}

/** The form of the header that all parsers read; some miss a parameter before white space at the end of the line. */
const plainLine = /^content-disposition: ?\S(?:.*\S)?$/i;

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Encodings of a part's content have no meaning in forms (RFC 7578 §4.8). Those that some gateways decode anyway are reported. */
function undecodedEncodingOf(transferEncoding: string, contentEncoding: string): string {
  // Some clients write a charset into Content-Transfer-Encoding: what is not an encoding of bodies is not one of parts either.
  const asCoding = isKnownTransferEncoding(transferEncoding) ? '' : transferEncoding;
  const { codings, isFramed, unknown } = codingsOf([asCoding, contentEncoding]);
  return codings[0] ?? unknown ?? (isFramed ? 'aws-chunked' : '');
}

/** Collects the header lines of one part, at most `bytesMax` bytes of them. */
export class PartHeaders {
  readonly #bytesMax: number;
  readonly #lines: string[] = [];
  readonly #facts = new Set<BodyFact>();
  readonly #problems = new Set<string>();
  #bytes = 0;
  #isFolded = false;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Counts header bytes as they arrive; throws `body.limit` above the limit. */
  count(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > this.#bytesMax) {
      throw new WafError('body.limit', `headers of a part are over ${this.#bytesMax} bytes`);
    }
  }

  /** Takes a line that is not empty, without its line break. */
  add(line: string): void {
    const isFolded = /^[ \t\v\f]/.test(line);
    const last = this.#lines.length - 1;
    if (!isFolded) {
      this.#lines.push(line);
      return;
    }
    this.#isFolded = true;
    this.#facts.add(/^[ \t]/.test(line) ? 'MULTIPART_HEADER_FOLDING' : 'MULTIPART_INVALID_HEADER_FOLDING');
    if (last < 0) {
      this.#problems.add('a part begins with a folded header');
      this.#lines.push(line);
      return;
    }
    this.#lines[last] += ` ${line.slice(1)}`;
  }

  /** Describes the part. `isForm`: whether the body is `multipart/form-data`, whose parts must have a name. */
  describe(isForm: boolean): PartDescription {
    const values = this.#valuesByName();
    const disposition = parseContentDisposition(values.get('content-disposition') ?? '');
    for (const fact of disposition.facts) this.#facts.add(fact);
    // Other multipart kinds may carry further parameters (RFC 2183).
    for (const problem of isForm ? disposition.problems : []) this.#problems.add(problem);
    if (isForm && (disposition.type !== 'form-data' || disposition.names.length === 0)) {
      this.#facts.add('MULTIPART_INVALID_PART');
      this.#problems.add('a part of a form has no name');
    }
    const contentType = values.get('content-type') ?? '';
    const transferEncoding = transferEncodingOf(values.get('content-transfer-encoding') ?? '');
    const mediaType = parseMediaType(contentType);
    const role = this.#roleOf(disposition, mediaType, isForm);
    if (role === 'both' && (disposition.spelling !== 'escaped' || this.#isFolded)) {
      this.#facts.add('MULTIPART_STRICT_ERROR');
    }
    const charset = foldAscii(parameterOf(mediaType, 'charset') ?? '');
    if (mediaType.problems.includes('duplicate-parameter')) this.#problems.add('a part has several charsets');
    if (charsetOf(charset).kind === 'unknown') this.#problems.add('a part has an unknown charset');
    return {
      lines: this.#lines,
      names: disposition.names,
      otherNames: disposition.otherNames,
      filenames: disposition.filenames,
      role,
      isCharset: isForm && disposition.names.includes('_charset_'),
      contentType,
      transferEncoding,
      undecodedEncoding: undecodedEncodingOf(transferEncoding, values.get('content-encoding') ?? ''),
      charset,
      facts: [...this.#facts],
      problems: [...this.#problems],
    };
  }

  /** A part counts as only a file if every parser finds its file name. */
  #roleOf(disposition: ContentDisposition, { essence, type }: MediaType, isForm: boolean): PartDescription['role'] {
    const { names, filenames, spelling } = disposition;
    const hasFilename = filenames.some((filename) => filename !== '');
    if (!isForm && names.length === 0) {
      if (hasFilename) return 'file';
      return essence === '' || type === 'text' ? 'field' : 'content';
    }
    const isPlain = spelling === 'plain' && !this.#isFolded && this.#lines.some((line) => plainLine.test(line));
    if (isPlain) return hasFilename ? 'file' : 'field';
    const namesFile = hasFilename || this.#lines.some((line) => /filename/i.test(line));
    return namesFile ? 'both' : 'field';
  }

  #valuesByName(): Map<string, string> {
    const values = new Map<string, string>();
    for (const line of this.#lines) {
      if (line.includes('\0')) this.#problems.add('a header of a part has a NUL byte');
      if (line.includes('\r')) this.#problems.add('a header of a part has a lone carriage return');
      const colon = line.indexOf(':');
      if (colon === -1) {
        this.#problems.add('a header of a part has no colon');
        continue;
      }
      const written = line.slice(0, colon);
      const name = foldAscii(trimHeaderSpace(written));
      if (!token.test(written)) this.#problems.add('a header name of a part is not a token');
      if (values.has(name)) this.#problems.add(`a part has several headers ${name.slice(0, 40)}`);
      else values.set(name, trimHeaderSpace(line.slice(colon + 1)));
    }
    return values;
  }
}
