// Pattern sets that are opened from the cache in other threads while this one goes on with what else a start takes. Knows no rule.

import { type NativeHandle, nativeAddon, type SetSource } from './native.ts';
import { PatternSet } from './pattern-set.ts';

/** What sets are made of, as bytes that no other code of Weir needs to read. @throws WafError `native.argument`. */
export function packSets(sources: readonly SetSource[]): Uint8Array {
  return nativeAddon().packPatternSets(sources);
}

/** Begun with at once; `take` or `close` must follow. */
export class OpeningSets {
  readonly #handles: Promise<readonly (NativeHandle | undefined)[]>;
  #isTaken: boolean = false;

  /** @param packed by `packSets`, by the same build of the addon; must not change. */
  constructor(packed: Uint8Array, cacheFolder: string) {
    this.#handles = nativeAddon().openPatternSets(packed, cacheFolder);
    // Who closes does not wait for it.
    this.#handles.catch(() => undefined);
  }

  /**
   * The sets, which this thread holds then; undefined if one of them is not completely cached, and then none is held.
   * @throws WafError `native.argument`, `pattern.compile`; none is held then.
   */
  async take(): Promise<readonly PatternSet[] | undefined> {
    this.#isTaken = true;
    const sets = await this.#open();
    const found = sets.filter((set) => set !== undefined);
    if (found.length === sets.length) return found;
    for (const set of found) set.close();
    return undefined;
  }

  /** If they were not taken, they are not wanted. Idempotent. */
  async close(): Promise<void> {
    if (this.#isTaken) return;
    this.#isTaken = true;
    const sets = await this.#open().catch(() => []);
    for (const set of sets) set?.close();
  }

  async #open(): Promise<readonly (PatternSet | undefined)[]> {
    return (await this.#handles).map((handle) => (handle === undefined ? undefined : new PatternSet(handle)));
  }
}
