// A bounded part of a value, around the place that matters. Knows bytes only.

import { toByteString } from '../base/bytes.ts';
import type { Excerpt } from './explanation.ts';

/** Bytes of a value that an explanation keeps. */
export const excerptBytesMax = 1_024;

/** What is known of a value. */
export interface ExcerptSource {
  /** The value or its beginning; borrowed. */
  readonly bytes: Uint8Array;
  /** The place that matters: bytes `[from, to)`; absent: the beginning. */
  readonly around?: { readonly from: number; readonly to: number } | undefined;
  /** Length of the whole value when `bytes` is only its beginning. */
  readonly length?: number | undefined;
}

/** At most `excerptBytesMax` bytes; copied. */
export function excerptOf({ bytes, around, length }: ExcerptSource): Excerpt {
  const middle = around === undefined ? 0 : Math.floor((around.from + around.to) / 2);
  const latest = Math.max(0, bytes.length - excerptBytesMax);
  const offset = Math.min(latest, Math.max(0, middle - excerptBytesMax / 2));
  const text = toByteString(bytes, offset, Math.min(bytes.length, offset + excerptBytesMax));
  return { text, offset, length: length ?? bytes.length };
}
