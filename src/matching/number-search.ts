// Searches for numbers with an owner: native, closed once. Knows patterns and check digits, no rule.

import { type NativeHandle, nativeAddon, numberChecks } from './native.ts';

/** The check of a number's digits. */
export type NumberCheck = (typeof numberChecks)[number];

/** Searches for numbers with valid check digits. Held by this thread until `close`. */
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
   * Whether a number starts in `[from, startsTo)` of `text`; anchors and word boundaries also see the bytes outside. Linear in
   * the text for patterns with a longest match.
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
