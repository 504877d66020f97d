// A sink for what is read of a body, of which a test states what it looks at.

import type { BodySink } from '../../src/body/body-sink.ts';
import type { FieldSink } from '../../src/http/field.ts';

/** Takes fields where they are wanted, and whatever is not said otherwise nowhere. */
export function bodySinkOf(fields: FieldSink, more: Partial<BodySink> = {}): BodySink {
  return { fields, writeRaw() {}, endRaw() {}, fail() {}, leaveUndecoded() {}, ...more };
}
