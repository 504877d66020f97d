// Warns when the proxy may be unable to hold as much as Weir asks it to. Knows Envoy's default buffer, not the configured one.

import type { Limits } from '../base/limits.ts';

/** Default of Envoy's `per_connection_buffer_limit_bytes` (Listener, v3). */
const usualBufferBytes = 1024 * 1024;

/**
 * The warning about a hold window above half of Envoy's default buffer; undefined below that. Envoy stops reading an HTTP/1.1
 * upload when Weir holds half of its buffer; the upload then stalls until the hold time is over.
 */
export function holdWindowNotice({ holdWindowBytesMax }: Pick<Limits, 'holdWindowBytesMax'>): string | undefined {
  if (holdWindowBytesMax <= usualBufferBytes / 2) return undefined;
  return (
    `the hold window is ${holdWindowBytesMax} bytes: Envoy's per_connection_buffer_limit_bytes must be at least ` +
    `${2 * holdWindowBytesMax} (its default is ${usualBufferBytes}), else uploads stall for the hold time`
  );
}
