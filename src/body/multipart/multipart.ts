// Multipart bodies (RFC 2046 §5.1, RFC 7578): parts become fields, file content is streamed, and each irregularity is a fact that
// rules can match, under ModSecurity's names. Knows no rule.

import { toByteString, toBytes } from '../../base/bytes.ts';
import { WafError } from '../../base/errors.ts';
import type { Limits } from '../../base/limits.ts';
import type { FieldSink } from '../../http/field.ts';
import { writeField } from '../../http/field-writer.ts';
import { ByteFinder } from '../byte-finder.ts';
import type { Decoder } from '../decoder.ts';
import { GuardedDecoder } from '../guarded-decoder.ts';
import { type DelimiterEvents, DelimiterScanner } from './delimiter-scanner.ts';
import { readBoundary } from './multipart-boundary.ts';
import { MultipartFacts } from './multipart-facts.ts';
import { type PartDescription, PartHeaders } from './multipart-headers.ts';
import { openField, PartContent, type PartContentOptions } from './part-content.ts';

/** The part of the body that is being read. */
type Place = 'preamble' | 'headers' | 'part' | 'epilogue';

/** The limits that the decoder reads. */
export type MultipartLimits = Pick<
  Limits,
  | 'fieldNameBytesMax'
  | 'multipartBoundaryBytesMax'
  | 'multipartHeaderBytesMax'
  | 'multipartPartsMax'
  | 'multipartFilesMax'
>;

/** How parts are read in addition. */
export type MultipartReadings = Omit<PartContentOptions, 'sink' | 'onProblem'>;

/**
 * Reports, part by part: each header line as MULTIPART_PART_HEADERS; a part with a file name as FILES (the file name) and
 * FILE_CONTENT, any other as ARGS_POST; text before the first and after the last delimiter as ARGS_POST without a name.
 * In other kinds of multipart, parts that have no name and are not text are FILE_CONTENT, including their headers.
 * Content is passed on as it arrives, its transfer encoding decoded; text in UTF-16 or UTF-32 becomes UTF-8. Alternate readings:
 * such content as it was sent, since many servers ignore either header; a part that only some servers treat as a file, as
 * ARGS_POST; the fields of a part whose type has a body decoder (JSON, XML, another multipart, …).
 *
 * What servers may read differently (no or several boundaries, doubled headers or names, a missing end, …) does not stop
 * the decoder: it decodes the rest, reports REQBODY_ERROR and MULTIPART_STRICT_ERROR at that point, and `end()` throws
 * `body.malformed` with the first such problem.
 */
export class MultipartDecoder extends GuardedDecoder implements DelimiterEvents {
  readonly #limits: MultipartLimits;
  readonly #isForm: boolean;
  readonly #facts: MultipartFacts;
  readonly #boundary: string;
  readonly #scanner: DelimiterScanner;
  readonly #parts: PartContent;
  /** Absent without a boundary. */
  readonly #finder: ByteFinder | undefined;
  #place: Place = 'preamble';
  #headers: PartHeaders;
  #line = '';
  #headerBytes = 0;
  #partCount = 0;
  #files = 0;
  #content: Decoder | undefined;
  #hasFinal = false;
  #hasFeedLine = false;
  #hasReturnLine = false;

  /**
   * @param contentType the Content-Type header value.
   * @param readings how parts are read in addition.
   */
  constructor(sink: FieldSink, contentType: string, limits: MultipartLimits, readings: MultipartReadings = {}) {
    super(sink);
    this.#limits = limits;
    this.#isForm = /^\s*multipart\/form-data\b/i.test(contentType);
    this.#facts = new MultipartFacts(sink, this.#isForm);
    this.#headers = new PartHeaders(limits.multipartHeaderBytesMax);
    const reading = readBoundary(contentType);
    this.#boundary = reading.boundary;
    for (const fact of reading.facts) this.#facts.set(fact);
    for (const problem of reading.problems) this.problem(problem);
    if (reading.boundary.length > limits.multipartBoundaryBytesMax) {
      this.problem(`the boundary is ${reading.boundary.length} bytes, limit ${limits.multipartBoundaryBytesMax}`);
      this.#boundary = '';
    }
    this.#scanner = new DelimiterScanner(this.#boundary, this);
    this.#finder = this.#boundary === '' ? undefined : new ByteFinder(toBytes(`--${this.#boundary}`));
    this.#parts = new PartContent({ ...readings, sink, onProblem: (message) => this.problem(message) });
  }

  override get heldBytes(): number {
    if (this.#place === 'headers') return this.#headerBytes;
    // A line break alone cannot change a verdict on the bytes before it, and most writes of a sender end with one.
    if (this.#scanner.holdsLineBreakOnly && this.#parts.isAsSent) return 0;
    return this.#scanner.heldBytes + (this.#content?.heldBytes ?? 0);
  }

  /** Called by the scanner with content bytes of the current part, or around the parts. */
  content(bytes: Uint8Array): void {
    this.#takeContent(bytes);
    // Some servers find a delimiter anywhere, not only at the start of a line.
    if (this.#finder?.find(bytes) === true) this.problem('the content of a part contains the boundary');
  }

  #takeContent(bytes: Uint8Array): void {
    if (this.#content === undefined) {
      // Line breaks around the delimiters are not content, nor is white space after the last one.
      const start = blankAtStart(bytes, this.#place === 'epilogue');
      if (start === bytes.length) return;
      const isBefore = this.#place === 'preamble';
      this.#facts.set(isBefore ? 'MULTIPART_DATA_BEFORE' : 'MULTIPART_DATA_AFTER');
      // Some servers find delimiters anywhere in the preamble, and parts after the last delimiter.
      if (this.#isForm && this.#boundary !== '') {
        this.problem(`there is text ${isBefore ? 'before the first' : 'after the last'} part of a form`);
      }
      this.#content = openField(this.sink, 'ARGS_POST', '');
      this.#content.write(start === 0 ? bytes : bytes.subarray(start));
      return;
    }
    this.#content.write(bytes);
  }

  /** Servers that accept only CRLF and those that also accept LF find the ends of headers and parts in different places. */
  endsLine(hasReturn: boolean): void {
    if (hasReturn) this.#hasReturnLine = true;
    else this.#hasFeedLine = true;
    if (!hasReturn) this.#facts.set('MULTIPART_LF_LINE');
    if (!this.#hasReturnLine || !this.#hasFeedLine) return;
    this.#facts.set('MULTIPART_CRLF_LF_LINES');
    this.problem('lines end with CRLF and with LF');
  }

  /** Called by the scanner at a line that begins like a delimiter. */
  lookalike(): void {
    this.#facts.lookalike();
  }

  /** Called by the scanner when servers may disagree about what follows. */
  problem(message: string): void {
    this.#facts.problem(message);
  }

  protected override readChunk(chunk: Uint8Array): void {
    // Without a boundary there are no parts: all bytes are one field.
    if (this.#boundary === '') {
      this.content(chunk);
      return;
    }
    let offset = 0;
    while (offset < chunk.length) {
      if (this.#place === 'headers') {
        offset = this.#readHeaders(chunk, offset);
        continue;
      }
      offset = this.#scanner.read(chunk, offset);
      if (this.#scanner.found !== 'content') this.#atDelimiter(this.#scanner.found === 'final');
    }
  }

  protected override readEnd(): void {
    if (this.#place === 'headers') {
      this.#facts.missingDelimiter('the body ends inside the headers of a part');
      if (this.#line !== '') this.#headers.add(this.#line);
      this.#openPart();
    } else if (this.#boundary !== '') {
      this.#scanner.end();
      if (this.#scanner.found !== 'content') this.#atDelimiter(false);
    }
    this.abandon();
    if (!this.#hasFinal && this.#boundary !== '') this.#facts.missingDelimiter('the last delimiter is missing');
    this.#facts.end();
    const { firstProblem } = this.#facts;
    if (firstProblem !== '') throw new WafError('body.malformed', `multipart: ${firstProblem}`);
  }

  protected override abandon(): void {
    const content = this.#content;
    this.#content = undefined;
    content?.end();
  }

  #atDelimiter(isFinal: boolean): void {
    this.abandon();
    if (this.#hasFinal) this.#facts.missingDelimiter('a delimiter follows the last one');
    this.#hasFinal ||= isFinal;
    this.#finder?.restart();
    if (isFinal) {
      this.#place = 'epilogue';
      return;
    }
    this.#partCount += 1;
    if (this.#partCount > this.#limits.multipartPartsMax) {
      throw new WafError('body.limit', `the body has more than ${this.#limits.multipartPartsMax} parts`);
    }
    this.#headers = new PartHeaders(this.#limits.multipartHeaderBytesMax);
    this.#line = '';
    this.#headerBytes = 0;
    this.#place = 'headers';
  }

  /** Reads header lines up to the empty one, or to the end of the chunk; returns that offset. */
  #readHeaders(chunk: Uint8Array, start: number): number {
    const feed = chunk.indexOf(0x0a, start);
    const end = feed === -1 ? chunk.length : feed;
    this.#headers.count(end - start);
    this.#headerBytes += (feed === -1 ? end : end + 1) - start;
    this.#line += toByteString(chunk, start, end);
    if (feed === -1) return end;
    this.#endLine();
    return feed + 1;
  }

  #endLine(): void {
    const hasReturn = this.#line.endsWith('\r');
    const line = hasReturn ? this.#line.slice(0, -1) : this.#line;
    this.#line = '';
    this.endsLine(hasReturn);
    if (line === '') {
      this.#openPart();
      this.#scanner.startLine();
      return;
    }
    if (this.#isDelimiterLine(line)) {
      this.#facts.missingDelimiter('a delimiter is among the headers of a part');
      this.#openPart();
      this.#atDelimiter(line.startsWith('--', this.#boundary.length + 2));
      return;
    }
    if (line.includes(`--${this.#boundary}`)) this.problem('a header of a part contains the boundary');
    this.#headers.add(line);
  }

  #isDelimiterLine(line: string): boolean {
    return line.startsWith(`--${this.#boundary}`) && /^(?:--.*|[ \t]*)$/.test(line.slice(this.#boundary.length + 2));
  }

  /** The headers of a part are complete: reports them and opens the part's content. */
  #openPart(): void {
    const part = this.#headers.describe(this.#isForm);
    for (const fact of part.facts) this.#facts.set(fact);
    for (const problem of part.problems) this.problem(problem);
    const name = this.#reportNames(part);
    this.#reportHeaders(part, name);
    const filenames = part.filenames.filter((filename) => filename !== '');
    for (const filename of filenames) {
      for (const one of [name, ...part.otherNames]) this.#report('FILES', one, filename);
      this.sink.fact('MULTIPART_FILENAME', filename);
    }
    const isFile = filenames.length > 0;
    if (isFile) this.#files += 1;
    if (isFile && this.#files === this.#limits.multipartFilesMax + 1) this.#facts.set('MULTIPART_FILE_LIMIT_EXCEEDED');
    this.#content = this.#parts.open(part, name);
    this.#finder?.restart();
    this.#place = 'part';
  }

  /** Rules about part headers are about forms; in other kinds of multipart, the headers are content like what follows them. */
  #reportHeaders({ lines }: PartDescription, name: string): void {
    if (this.#isForm) for (const line of lines) this.#report('MULTIPART_PART_HEADERS', name, line);
    else if (lines.length > 0) this.#report('FILE_CONTENT', name, lines.join('\r\n'));
  }

  /** Returns the part's name, cut to the limit. Names that cannot be given to a field are reported as fields of their own. */
  #reportNames(part: PartDescription): string {
    const [name = '', ...others] = part.names;
    if (name !== '') this.sink.fact('MULTIPART_NAME', name);
    for (const other of [...others, ...part.otherNames]) this.#report('ARGS_POST', other, '');
    if (name.length <= this.#limits.fieldNameBytesMax) return name;
    this.#report('ARGS_POST', name, '');
    return name.slice(0, this.#limits.fieldNameBytesMax);
  }

  #report(
    source: 'ARGS_POST' | 'FILES' | 'FILE_CONTENT' | 'MULTIPART_PART_HEADERS',
    name: string,
    value: string,
  ): void {
    writeField(this.sink, source, { name, value, nameBytesMax: this.#limits.fieldNameBytesMax });
  }
}

function blankAtStart(bytes: Uint8Array, isSpaceBlank: boolean): number {
  let count = 0;
  while (count < bytes.length && isBlank(bytes[count] as number, isSpaceBlank)) count += 1;
  return count;
}

const isBlank = (byte: number, isSpaceBlank: boolean): boolean =>
  byte === 0x0a || byte === 0x0d || (isSpaceBlank && (byte === 0x20 || byte === 0x09));
