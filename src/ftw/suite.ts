// The content of a go-ftw test file as plain values. Texts are byte strings: the UTF-8 bytes of the YAML text. Knows no YAML and
// no engine.

/** The request of a stage, with defaults filled in and templates expanded. */
export interface FtwInput {
  readonly method: string;
  readonly uri: string;
  /** As in the request line, e.g. `HTTP/1.1`; may be empty. */
  readonly version: string;
  /** In the order of the file; the builder sorts them. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly data: string;
  /** True: the builder adds Content-Type, Connection and Content-Length if they are missing. */
  readonly autocompleteHeaders: boolean;
  /** The complete request as bytes; all other members are then ignored. */
  readonly encodedRequest: Uint8Array | undefined;
}

/** The expectations of a stage. Undefined members and empty lists expect nothing. */
export interface FtwExpectation {
  readonly status: number | undefined;
  /** Rule ids that must all be in the log. */
  readonly expectIds: readonly number[];
  /** Rule ids of which none may be in the log. */
  readonly noExpectIds: readonly number[];
  /** RE2 syntax; must match a log line. */
  readonly matchRegex: string | undefined;
  /** RE2 syntax; must match no log line. */
  readonly noMatchRegex: string | undefined;
  /** RE2 syntax; must match in the answer (head and body). */
  readonly responseContains: string | undefined;
  /** True: the client must get no readable response. False: it must get one. */
  readonly expectError: boolean | undefined;
  /** The rule in `expectIds` must be the only one in the log. */
  readonly isIsolated: boolean;
  /** A failure counts only if it repeats. */
  readonly isRetriedOnce: boolean;
}

/** One request with its expectations. */
export interface FtwStage {
  readonly input: FtwInput;
  readonly expectation: FtwExpectation;
  /** 1-based line of the stage in its file. */
  readonly line: number;
}

/** One test: it passes if all its stages do. */
export interface FtwTest {
  /** `<rule id>-<test id>`, as go-ftw prints it and as ignore lists name it. */
  readonly id: string;
  readonly ruleId: number;
  readonly description: string;
  readonly stages: readonly FtwStage[];
  readonly file: string;
  /** 1-based line of the test in its file. */
  readonly line: number;
}
