// A decoded name and value, and the sink that decoders and head parsers write to.

/** The source of a field. `plan/targets` derives the SecLang variables from it. */
export type FieldSource =
  | 'REQUEST_HEADERS'
  | 'REQUEST_COOKIES'
  | 'ARGS_GET'
  | 'ARGS_POST'
  | 'XML_TEXT'
  | 'XML_ATTRIBUTE'
  /** name: the form field's name; value: the file name (ModSecurity FILES). */
  | 'FILES'
  /** the content of an uploaded file, streamed; name: the form field's name. */
  | 'FILE_CONTENT'
  /** name: the part's form field name; value: one whole header line. */
  | 'MULTIPART_PART_HEADERS'
  /** the raw bytes of the request body; name is empty. */
  | 'REQUEST_BODY'
  /** An alternate reading of a value, under the name of the original field; neither counted nor listed as a name. */
  | 'ARGS_GET_READING'
  | 'ARGS_POST_READING'
  | 'REQUEST_COOKIES_READING'
  | 'REQUEST_HEADERS_READING'
  | 'REQUEST_BODY_READING'
  | 'RESPONSE_HEADERS'
  /** the raw or content-decoded bytes of the response body; name is empty. */
  | 'RESPONSE_BODY';

/** Single-valued facts that a body decoder reports while it runs (ModSecurity variable names). */
export const bodyFacts = [
  'REQBODY_PROCESSOR',
  'REQBODY_ERROR',
  'REQBODY_ERROR_MSG',
  'MULTIPART_STRICT_ERROR',
  'MULTIPART_UNMATCHED_BOUNDARY',
  'MULTIPART_BOUNDARY_QUOTED',
  'MULTIPART_BOUNDARY_WHITESPACE',
  'MULTIPART_DATA_BEFORE',
  'MULTIPART_DATA_AFTER',
  'MULTIPART_HEADER_FOLDING',
  'MULTIPART_LF_LINE',
  'MULTIPART_CRLF_LF_LINES',
  'MULTIPART_MISSING_SEMICOLON',
  'MULTIPART_INVALID_QUOTING',
  'MULTIPART_INVALID_PART',
  'MULTIPART_INVALID_HEADER_FOLDING',
  'MULTIPART_FILE_LIMIT_EXCEEDED',
  'MULTIPART_FILENAME',
  'MULTIPART_NAME',
  /** 1: a `%` in a query or form is not followed by two hexadecimal digits (ModSecurity). */
  'URLENCODED_ERROR',
  /** 1: an XML body has a document type declaration. */
  'BODY_XML_DOCTYPE',
  /** 1: an XML body refers to an entity of its own, which is not expanded. */
  'BODY_XML_ENTITY',
  /** The declared charset, if Weir cannot decode it; the bytes are inspected as they are. */
  'BODY_CHARSET_UNSUPPORTED',
  /** The declared content encoding, if Weir cannot decode it; the bytes are inspected as they are. */
  'BODY_CODING_UNSUPPORTED',
  /** How the body's bytes contradict its declared type, encoding or charset: `declared/found`. */
  'BODY_TYPE_MISMATCH',
] as const;

/** One of them. */
export type BodyFact = (typeof bodyFacts)[number];

/**
 * Receives decoded fields in body order. One field is open at a time: `begin`, any number of
 * `write`, `end`. `value` bytes are borrowed until the call returns; the sink copies what it keeps.
 */
export interface FieldSink {
  /** Opens a field. `name` is a byte string of at most `fieldNameBytesMax` bytes, decoded. */
  begin(source: FieldSource, name: string): void;
  /** Appends decoded bytes to the open field. */
  write(value: Uint8Array): void;
  /** Ends the open field. A field without `write` has an empty value. */
  end(): void;
  /** A complete field as byte strings: less work than in pieces. Absent: fields are reported in pieces. */
  field?(source: FieldSource, name: string, value: string): void;
  /** Reports a fact about the body as a whole; the last value wins. */
  fact(name: BodyFact, value: string): void;
}
