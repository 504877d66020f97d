// Searches of texts that are not fields: names of collections' keys, paths of routes, expectations of tests. RE2 by way of the addon, so
// that no expression takes more than linear time. Knows no rule.

import { type NativeTextSearch, nativeAddon } from './native.ts';

/** An expression of RE2's, over characters; `^` and `$` are the ends of the text. Freed with the object. */
export class TextSearch {
  readonly #search: NativeTextSearch;

  /** @throws WafError `pattern.compile` for an expression that RE2 refuses, with its words. */
  constructor(source: string) {
    this.#search = nativeAddon().compileTextSearch(source);
  }

  /** Whether the expression is found in the text. */
  test(text: string): boolean {
    return nativeAddon().findText(this.#search, text);
  }
}
