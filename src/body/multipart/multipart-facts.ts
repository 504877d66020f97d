// What is irregular about a multipart form, under ModSecurity's names. Its stock rules deny on some of these, so they are set where
// ModSecurity sets them, for `multipart/form-data` only. Knows no bytes.

import type { BodyFact, FieldSink } from '../../http/field.ts';

/**
 * Facts that make MULTIPART_STRICT_ERROR true, as in ModSecurity's recommended rule 200003. Unlike there, a boundary in quotes is
 * not one of them: RFC 2046 allows it, .NET always writes it, and the servers of test/oracle agree on how to read it.
 */
const strictFacts: ReadonlySet<BodyFact> = new Set<BodyFact>([
  'MULTIPART_BOUNDARY_WHITESPACE',
  'MULTIPART_DATA_BEFORE',
  'MULTIPART_DATA_AFTER',
  'MULTIPART_HEADER_FOLDING',
  'MULTIPART_LF_LINE',
  'MULTIPART_MISSING_SEMICOLON',
  'MULTIPART_INVALID_QUOTING',
  'MULTIPART_INVALID_PART',
  'MULTIPART_INVALID_HEADER_FOLDING',
  'MULTIPART_FILE_LIMIT_EXCEEDED',
]);

/** All flags; they are `0` from the start when the body is read as multipart. */
export const multipartFlags: readonly BodyFact[] = [
  ...strictFacts,
  'MULTIPART_BOUNDARY_QUOTED',
  'MULTIPART_CRLF_LF_LINES',
  'MULTIPART_STRICT_ERROR',
  'MULTIPART_UNMATCHED_BOUNDARY',
];

/** Whether all delimiters are in place: values of MULTIPART_UNMATCHED_BOUNDARY in ModSecurity v3. */
const boundaries = { matched: '0', missing: '1', lookalike: '2' } as const;

/** Sets flags and problems of one body; each once, in the order in which they are found. */
export class MultipartFacts {
  readonly #sink: FieldSink;
  readonly #isForm: boolean;
  readonly #set = new Set<BodyFact>();
  #boundaries: keyof typeof boundaries = 'matched';
  #firstProblem = '';

  constructor(sink: FieldSink, isForm: boolean) {
    this.#sink = sink;
    this.#isForm = isForm;
  }

  /** The first problem; empty when there was none. */
  get firstProblem(): string {
    return this.#firstProblem;
  }

  /** Sets a flag, and MULTIPART_STRICT_ERROR with it where ModSecurity does. */
  set(name: BodyFact): void {
    if (!this.#isForm || this.#set.has(name)) return;
    this.#set.add(name);
    this.#sink.fact(name, '1');
    if (strictFacts.has(name)) this.set('MULTIPART_STRICT_ERROR');
  }

  /** Servers may disagree about what follows: REQBODY_ERROR, in any kind of multipart. */
  problem(message: string): void {
    this.set('MULTIPART_STRICT_ERROR');
    if (this.#firstProblem !== '') return;
    this.#firstProblem = message;
    this.#sink.fact('REQBODY_ERROR', '1');
    this.#sink.fact('REQBODY_ERROR_MSG', `multipart: ${message}`);
  }

  /** A line begins like a delimiter but is not one: a PEM file, a signature, another boundary. */
  lookalike(): void {
    if (this.#boundaries === 'matched') this.#boundaries = 'lookalike';
  }

  /** A required delimiter is missing, or there is one where none may be. */
  missingDelimiter(message: string): void {
    this.#boundaries = 'missing';
    this.problem(message);
  }

  /** The body is complete, or the rest will not be read. From here on, rules can read whether delimiters matched. */
  end(): void {
    if (this.#isForm && this.#boundaries !== 'matched') {
      this.#sink.fact('MULTIPART_UNMATCHED_BOUNDARY', boundaries[this.#boundaries]);
    }
  }
}
