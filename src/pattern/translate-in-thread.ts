// Translates patterns off the event loop: the longest one takes tens of milliseconds, and open exchanges must not wait for that.

import type translateAll from './translate-worker.ts';
import type { TranslationCache } from './translation-cache.ts';

/**
 * Translates the patterns that are not in the cache, in a thread that then ends. Patterns that fail are left for the caller to
 * report.
 */
export async function translateInThread(sources: Iterable<string>, cache: TranslationCache): Promise<void> {
  const unknown = [...new Set(sources)].filter((source) => !cache.has(source));
  if (unknown.length === 0) return;
  const { Piscina } = await import('piscina');
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const thread = new Piscina<readonly string[], ReturnType<typeof translateAll>>({
    filename: new URL(`./translate-worker.${extension}`, import.meta.url).href,
    minThreads: 0,
    maxThreads: 1,
    recordTiming: false,
  });
  try {
    const translations = await thread.run(unknown);
    for (const [index, translation] of translations.entries()) {
      if (translation !== undefined) cache.learn(unknown[index] as string, translation);
    }
  } finally {
    await thread.destroy();
  }
}
