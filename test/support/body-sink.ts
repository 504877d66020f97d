// A sink for the results of reading a body, of which a test sets only the parts it looks at.

import type { BodySink } from '../../src/body/body-sink.ts';
import type { FieldSink } from '../../src/http/field.ts';

/** Passes fields to `fields` and discards everything else that `more` does not take. */
export function bodySinkOf(fields: FieldSink, more: Partial<BodySink> = {}): BodySink {
  return { fields, writeRaw() {}, endRaw() {}, fail() {}, leaveUndecoded() {}, ...more };
}
