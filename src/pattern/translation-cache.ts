// Translations of patterns, kept for the next start in one file next to the compiled databases: parsing and printing the patterns
// of the CRS takes longer than the rest of a start. Knows files; what is in a translation belongs to `regex-dialect`.

import { join } from 'node:path';
import { codeDigest } from '../base/code-digest.ts';
import { constants } from '../base/constants.ts';
import { readKeptFile, writeKeptFile } from '../base/kept-file.ts';
import { mapPaced, type Pace } from '../base/pace.ts';
import type { Steps } from '../base/turn.ts';
import { type TranslatedRegex, translateRegex } from './regex-dialect.ts';

/** The parts of a translation that plans need. */
export type Translation = Omit<TranslatedRegex, 'facts'>;

/** `required` as base64; everything else unchanged. */
type StoredTranslation = Omit<Translation, 'required'> & { readonly required?: readonly string[] };

type Entry = readonly [source: string, translation: StoredTranslation];

/** A different translator uses a different cache file. */
const ofTranslator = /^pattern\/regex-/;

function fromStored({ required, ...rest }: StoredTranslation): Translation {
  return required === undefined
    ? rest
    : { ...rest, required: required.map((bits) => new Uint8Array(Buffer.from(bits, 'base64'))) };
}

function toStored({ required, ...rest }: Translation): StoredTranslation {
  return required === undefined
    ? rest
    : { ...rest, required: required.map((bits) => Buffer.from(bits).toString('base64')) };
}

/**
 * Translates patterns, each at most once. A cache that is missing, damaged, owned by someone else or from another version is
 * treated as empty; one that cannot be written is not used.
 */
export class TranslationCache {
  readonly #path: string | undefined;
  readonly #stored: Map<string, StoredTranslation>;
  readonly #used = new Map<string, Translation>();
  #hasNew = false;

  private constructor(path: string | undefined, stored: Map<string, StoredTranslation>) {
    this.#path = path;
    this.#stored = stored;
  }

  /** @param folder of the file; absent: translations are not kept. */
  static *open(folder: string | undefined, pace: Pace): Steps<TranslationCache> {
    if (folder === undefined) return new TranslationCache(undefined, new Map());
    const path = join(folder, `translations-${codeDigest(ofTranslator).slice(0, 32)}.jsonl`);
    return new TranslationCache(path, yield* readEntries(path, pace));
  }

  /** Like `translateRegex`, without the facts. @throws the same errors. */
  readonly translate = (source: string): Translation => {
    const known = this.#used.get(source);
    if (known !== undefined) return known;
    const stored = this.#stored.get(source);
    const translation = stored === undefined ? this.#translateNew(source) : fromStored(stored);
    this.#used.set(source, translation);
    return translation;
  };

  /** Whether a pattern is already translated. */
  has(source: string): boolean {
    return this.#used.has(source) || this.#stored.has(source);
  }

  /** Adds a translation that was made elsewhere. */
  learn(source: string, translation: Translation): void {
    this.#used.set(source, translation);
    this.#hasNew = true;
  }

  /** Writes new translations. Those of other rule sets are kept while there is room. */
  *save(pace: Pace): Steps<void> {
    if (this.#path === undefined || !this.#hasNew) return;
    const used = [...this.#used].map(([source, translation]): Entry => [source, toStored(translation)]);
    const others = [...this.#stored].filter(([source]) => !this.#used.has(source));
    const entries = used.length + others.length > constants.translationsMax ? used : [...used, ...others];
    const lines = yield* mapPaced(
      pace,
      entries.slice(0, constants.translationsMax),
      (entry) => JSON.stringify(entry),
      costOf,
    );
    writeKeptFile(this.#path, Buffer.from(lines.join('\n'), 'latin1'));
    this.#hasNew = false;
  }

  #translateNew(source: string): Translation {
    const { facts: _, ...translation } = translateRegex(source);
    this.#hasNew = true;
    return translation;
  }
}

/** Bytes of the file that are read or written per step. */
const bytesAStep = 64;

function costOf({ length }: string): number {
  return 1 + length / bytesAStep;
}

/** The file: a line of JSON for each entry. Patterns are byte strings: none of their units needs more than a byte. */
function* readEntries(path: string, pace: Pace): Steps<Map<string, StoredTranslation>> {
  try {
    const body = readKeptFile(path, constants.translationFileBytesMax);
    const lines = body === undefined || body === 'damaged' ? [] : body.toString('latin1').split('\n');
    return new Map(
      yield* mapPaced(
        pace,
        lines,
        (line) => JSON.parse(line) as Entry,
        (_, line) => costOf(line),
      ),
    );
  } catch {
    return new Map();
  }
}
