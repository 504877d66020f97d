// What is wrong with a configuration file: sentences with their places, told all at once. Knows no setting.

import type { LineCounter } from 'yaml';
import { WafError } from '../base/errors.ts';
import type { Location } from '../seclang/ast.ts';

/** Characters of a wrong value that a message shows. */
const shownCharactersMax = 60;

/** What is wrong with one file. */
export class Problems {
  readonly #file: string;
  readonly #lines: LineCounter;
  /** By offset and sentence: what two checks find is told once. */
  readonly #found = new Map<string, { readonly offset: number; readonly sentence: string }>();

  /** @param file what messages call the file. */
  constructor(file: string, lines: LineCounter) {
    this.#file = file;
    this.#lines = lines;
  }

  /** Notes a problem at an offset of the text, in UTF-16 units. */
  add(offset: number, sentence: string): void {
    const key = `${offset} ${sentence}`;
    if (!this.#found.has(key)) this.#found.set(key, { offset, sentence });
  }

  /** Whether anything was noted. */
  get areThere(): boolean {
    return this.#found.size > 0;
  }

  /** Where an offset is. */
  locationOf(offset: number): Location {
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.#file, line, column: col };
  }

  /** `FILE:LINE:COLUMN` of an offset. */
  placeOf(offset: number): string {
    const { file, line, column } = this.locationOf(offset);
    return `${file}:${line}:${column}`;
  }

  /** @throws WafError `config.invalid` with a line `FILE:LINE:COLUMN: …` for each problem in order of place, when there is one. */
  throwIfAny(): void {
    if (!this.areThere) return;
    const sorted = [...this.#found.values()].sort((a, b) => a.offset - b.offset);
    const lines = sorted.map(({ offset, sentence }) => `${this.placeOf(offset)}: ${sentence}`);
    throw new WafError('config.invalid', lines.join('\n'));
  }
}

/** A value as messages show it, in part when it is long. */
export function shownValue(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a mapping';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > shownCharactersMax ? `${text.slice(0, shownCharactersMax)}…` : text;
}
