// Searches in texts that are not fields: collection keys, paths of routes, expectations of tests. Uses RE2 through the addon, so
// that every expression takes linear time. Knows no rule.

import { type NativeTextSearch, nativeAddon } from './native.ts';

/** An RE2 expression over characters; `^` and `$` match the ends of the text. Freed with the object. */
export class TextSearch {
  readonly #search: NativeTextSearch;

  /** @throws WafError `pattern.compile` for an expression that RE2 refuses, with RE2's message. */
  constructor(source: string) {
    this.#search = nativeAddon().compileTextSearch(source);
  }

  /** Whether the expression matches anywhere in the text. */
  test(text: string): boolean {
    return nativeAddon().findText(this.#search, text);
  }
}
