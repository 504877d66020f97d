// Searches for numbers with an owner: native, closed once. Knows patterns and check digits, no rule.

import { type NativeHandle, nativeAddon, numberChecks } from './native.ts';

/** What a number's digits are checked by. */
export type NumberCheck = (typeof numberChecks)[number];

/** Looks for numbers whose digits check. Held by this thread until `close`. */
export class NumberSearch {
  readonly #handle: NativeHandle;
  #isClosed: boolean = false;

  /**
   * @param source pattern in RE2's dialect, over bytes.
   * @throws WafError `pattern.compile` for a pattern that RE2 refuses.
   */
  constructor(source: string, check: NumberCheck) {
    this.#handle = nativeAddon().openNumberSearch(source, numberChecks.indexOf(check));
  }

  /**
   * Whether a number begins in `[from, startsTo)` of `text`; bytes outside are seen by anchors and word boundaries. Linear in the
   * text for patterns with a longest match.
   * @throws WafError `native.closed` after `close`.
   */
  finds(text: Uint8Array, from: number, startsTo: number): boolean {
    return nativeAddon().findNumber(this.#handle, text, from, startsTo);
  }

  /** Frees it. Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    nativeAddon().releaseNumberSearch(this.#handle);
  }
}
