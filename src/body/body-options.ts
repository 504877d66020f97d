// What a body is read with, and whom to tell what becomes of it. Types only.

import type { WafError } from '../base/errors.ts';
import type { TakeMemory } from '../base/held-memory.ts';
import type { Limits } from '../base/limits.ts';
import type { FieldSink } from '../http/field.ts';
import type { HeaderList } from '../http/headers.ts';
import type { Decoder } from './decoder.ts';

/**
 * Why bytes were not decoded. `coding`: content encodings that are not known, or broken. `format`: the decoder had failed;
 * counted from the last multiple of `decodeSliceBytesMax` before. `guess`: the same of a body that
 * was read as what it looks like. `letters`: of a form, what Node alone reads otherwise. `part`: a file of a
 * multipart body that is not what its type says. `reading`: texts inside texts that are too deep. `work`: sent bytes in a
 * content encoding, left as they are once `isSpent`.
 */
export type Undecoded = 'coding' | 'format' | 'guess' | 'letters' | 'part' | 'reading' | 'work';

/** What a body is read with. */
export interface BodyReaderOptions {
  /** The head of the message: Content-Type, Content-Encoding and grpc-encoding are looked at. */
  readonly headers: HeaderList;
  /** What `ctl:requestBodyProcessor` said; `none` reads no fields at all, as for a response. */
  readonly processor?: string | 'none' | undefined;
  /** Receives the fields. */
  readonly sink: FieldSink;
  /** Opens a sink for a further reading, whose fields may be open while all others are. Absent: nothing is read further. */
  readonly openReading?: (() => FieldSink) | undefined;
  /** Receives the bytes of the body, content encodings undone, text in UTF-16 or UTF-32 as UTF-8; borrowed. */
  readonly body: Decoder;
  /** Told how many bytes in a content encoding are decoded next. */
  readonly onEncoded?: (bytes: number) => void;
  /** Asked for the memory of windows; absent: it is not counted. */
  readonly take?: TakeMemory;
  /** Told of each failure, at once: `body.malformed`, `body.limit`, `body.unsupported`. The open field has been ended. */
  readonly onFailure: (error: WafError) => void;
  /** Told of bytes that were passed to `body` and that a decoder should have read and did not. */
  readonly onUndecoded: (why: Undecoded, bytes: number) => void;
  /** Asked behind each piece: true stops the decoding of a body in a content encoding, of which little can stand for very much. */
  readonly isSpent?: () => boolean;
  /** The byte between the pairs of a form; absent: `&`. */
  readonly separator?: string | undefined;
  readonly limits: Limits;
}
