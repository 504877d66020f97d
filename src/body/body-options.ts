// Options and callbacks for reading a body, shared by the body reader and its decoders. Types only.

import type { WafError } from '../base/errors.ts';
import type { TakeMemory } from '../base/held-memory.ts';
import type { Limits } from '../base/limits.ts';
import type { FieldSink } from '../http/field.ts';
import type { HeaderList } from '../http/headers.ts';
import type { Decoder } from './decoder.ts';

/**
 * Why bytes were not decoded. `coding`: unknown or broken content encodings. `format`: the decoder failed; counted from the last
 * multiple of `decodeSliceBytesMax` before the failure. `guess`: the same for a body that was decoded as what it looks like.
 * `letters`: in a form, what only Node decodes differently. `part`: a file of a multipart body that does not match its type.
 * `reading`: texts nested too deeply inside texts. `work`: bytes in a content encoding that are not decoded once `isSpent`.
 */
export type Undecoded = 'coding' | 'format' | 'guess' | 'letters' | 'part' | 'reading' | 'work';

/** Options for reading a body. */
export interface BodyReaderOptions {
  /** The head of the message; Content-Type, Content-Encoding and grpc-encoding are used. */
  readonly headers: HeaderList;
  /** The value of `ctl:requestBodyProcessor`; `none` reads no fields at all, as for a response. */
  readonly processor?: string | 'none' | undefined;
  /** Receives the fields. */
  readonly sink: FieldSink;
  /**
   * Opens a sink for an alternate reading, whose fields can be open at the same time as all others. Absent: no alternate
   * readings.
   */
  readonly openReading?: (() => FieldSink) | undefined;
  /** Receives the bytes of the body with content encodings removed, and UTF-16 and UTF-32 text as UTF-8; borrowed. */
  readonly body: Decoder;
  /** Called with the number of encoded bytes that are decoded next. */
  readonly onEncoded?: (bytes: number) => void;
  /** Reserves memory for windows; absent: it is not counted. */
  readonly take?: TakeMemory;
  /** Called for each failure, immediately: `body.malformed`, `body.limit`, `body.unsupported`. The open field has been ended. */
  readonly onFailure: (error: WafError) => void;
  /** Called for bytes that were passed to `body` and that a decoder should have read but did not. */
  readonly onUndecoded: (why: Undecoded, bytes: number) => void;
  /** Called after each piece: true stops decoding a body in a content encoding, where few bytes can expand to very many. */
  readonly isSpent?: () => boolean;
  /** The separator of a form's pairs; absent: `&`. */
  readonly separator?: string | undefined;
  readonly limits: Limits;
}
