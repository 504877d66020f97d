// Options for reading a body, shared by the body reader and its decoders. Types only.

import type { Limits } from '../base/limits.ts';
import type { HeaderList } from '../http/headers.ts';
import type { BodySink } from './body-sink.ts';

/** Options for reading a body. */
export interface BodyReaderOptions {
  /** The head of the message; Content-Type, Content-Encoding and grpc-encoding are used. */
  readonly headers: HeaderList;
  /** The value of `ctl:requestBodyProcessor`; `none` reads no fields at all, as for a response. */
  readonly processor?: string | 'none' | undefined;
  readonly sink: BodySink;
  /** The separator of a form's pairs; absent: `&`. */
  readonly separator?: string | undefined;
  readonly limits: Limits;
}
