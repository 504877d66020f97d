// Whether the proxy can hold back as much as Weir asks it to. Knows Envoy's usual buffer, not the one that is set.

import type { Limits } from '../base/limits.ts';

/** Envoy's `per_connection_buffer_limit_bytes` unless something else is set (Listener, v3). */
const usualBufferBytes = 1024 * 1024;

/**
 * What to tell about a hold window above half of Envoy's usual buffer; undefined below. Envoy stops reading an HTTP/1.1 upload
 * when its buffer is half full of what Weir holds: it then stalls until the hold time is over.
 */
export function holdWindowNotice({ holdWindowBytesMax }: Pick<Limits, 'holdWindowBytesMax'>): string | undefined {
  if (holdWindowBytesMax <= usualBufferBytes / 2) return undefined;
  return (
    `the hold window is ${holdWindowBytesMax} bytes: Envoy's per_connection_buffer_limit_bytes must be at least ` +
    `${2 * holdWindowBytesMax} (its default is ${usualBufferBytes}), else uploads stall for the hold time`
  );
}
