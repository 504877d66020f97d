// Runs in the thread that translates patterns. Holds no state between calls.

import { translateRegex } from './regex-dialect.ts';
import type { Translation } from './translation-cache.ts';

/** Entry point: each pattern's translation, undefined for one that cannot be translated. */
export default function translateAll(sources: readonly string[]): readonly (Translation | undefined)[] {
  return sources.map((source) => {
    try {
      const { facts: _, ...translation } = translateRegex(source);
      return translation;
    } catch {
      // The caller translates it again and gets the error.
      return undefined;
    }
  });
}
