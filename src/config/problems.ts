// Problems of a configuration file: sentences with their places, reported all at once. Knows no setting.

import type { LineCounter } from 'yaml';
import { WafError } from '../base/errors.ts';
import type { Location } from '../seclang/ast.ts';

/** Characters of a wrong value that a message shows. */
const shownCharactersMax = 60;

/** The problems of one file. */
export class Problems {
  readonly #file: string;
  readonly #lines: LineCounter;
  /** By offset and sentence: a problem found by two checks is reported once. */
  readonly #found = new Map<string, { readonly offset: number; readonly sentence: string }>();

  /** @param file the name of the file in messages. */
  constructor(file: string, lines: LineCounter) {
    this.#file = file;
    this.#lines = lines;
  }

  /** Records a problem at an offset of the text, in UTF-16 units. */
  add(offset: number, sentence: string): void {
    const key = `${offset} ${sentence}`;
    if (!this.#found.has(key)) this.#found.set(key, { offset, sentence });
  }

  /** Whether there are any problems. */
  get areThere(): boolean {
    return this.#found.size > 0;
  }

  /** The line and column of an offset. */
  locationOf(offset: number): Location {
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.#file, line, column: col };
  }

  /** `FILE:LINE:COLUMN` of an offset. */
  placeOf(offset: number): string {
    const { file, line, column } = this.locationOf(offset);
    return `${file}:${line}:${column}`;
  }

  /** @throws WafError `config.invalid` with a line `FILE:LINE:COLUMN: …` for each problem, in order of place, if there are any. */
  throwIfAny(): void {
    if (!this.areThere) return;
    const sorted = [...this.#found.values()].sort((a, b) => a.offset - b.offset);
    const lines = sorted.map(({ offset, sentence }) => `${this.placeOf(offset)}: ${sentence}`);
    throw new WafError('config.invalid', lines.join('\n'));
  }
}

/** A value as messages show it, shortened if it is long. */
export function shownValue(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a mapping';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > shownCharactersMax ? `${text.slice(0, shownCharactersMax)}…` : text;
}
