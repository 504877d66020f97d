// Translates patterns in a thread. In the background, because the longest one takes tens of milliseconds, and open exchanges must not
// wait for that; at a start, because two threads are done sooner.

import { turn } from '../base/turn.ts';
import type translateAll from './translate-worker.ts';
import type { TranslationCache } from './translation-cache.ts';

/** Less than this, all patterns together, is translated before a thread would begin. */
const sharedLengthMin = 16 * 1024;

/** Patterns that the thread takes at a time from those that two translate. */
const patternsATask = 8;

/**
 * Translates the patterns that are not in the cache, in a thread that then ends. Patterns that fail are left for the caller to
 * report.
 */
export async function translateInThread(sources: Iterable<string>, cache: TranslationCache): Promise<void> {
  const unknown = unknownOf(sources, cache);
  if (unknown.length > 0) await withThread((translate) => translate(unknown, cache));
}

/**
 * The same in this thread, with the help of another one if there are many: the longest are taken there, the shortest here, until none is
 * left. Few are left for the caller.
 */
export async function translateWithThread(sources: Iterable<string>, cache: TranslationCache): Promise<void> {
  const left = unknownOf(sources, cache).sort((a, b) => a.length - b.length);
  if (left.reduce((sum, { length }) => sum + length, 0) < sharedLengthMin) return;
  await withThread(async (translate) => {
    const there = async (): Promise<void> => {
      while (left.length > 0) await translate(left.splice(-patternsATask), cache);
    };
    const here = async (): Promise<void> => {
      for (let source = left.shift(); source !== undefined; source = left.shift()) {
        translateHere(source, cache);
        // What the thread has to say comes between turns.
        await turn.next();
      }
    };
    await Promise.all([there(), here()]);
  });
}

const unknownOf = (sources: Iterable<string>, cache: TranslationCache): string[] =>
  [...new Set(sources)].filter((source) => !cache.has(source));

function translateHere(source: string, cache: TranslationCache): void {
  try {
    cache.translate(source);
  } catch {
    // The caller translates it again and gets the error.
  }
}

/** Has the cache learn translations of patterns that were made in the thread. */
type Translate = (sources: readonly string[], cache: TranslationCache) => Promise<void>;

/** The thread ends with what is done with it. */
async function withThread(use: (translate: Translate) => Promise<void>): Promise<void> {
  const { Piscina } = await import('piscina');
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const thread = new Piscina<readonly string[], ReturnType<typeof translateAll>>({
    filename: new URL(`./translate-worker.${extension}`, import.meta.url).href,
    minThreads: 0,
    maxThreads: 1,
    recordTiming: false,
  });
  try {
    await use(async (sources, cache) => {
      for (const [index, translation] of (await thread.run(sources)).entries()) {
        if (translation !== undefined) cache.learn(sources[index] as string, translation);
      }
    });
  } finally {
    await thread.destroy();
  }
}
