// The corpus of a target: a text file with one input per line, so that it can be read and compared. Bytes that do not print, and
// the backslash, are `\xHH`. A line that begins with `#` describes the next input; such inputs are kept whatever
// they reach.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { printable, unprintable } from '../support/event-log.ts';

/** One input, and its note if it has one. */
export interface CorpusInput {
  readonly bytes: Uint8Array;
  readonly note?: string;
}

/** Text of a corpus above which inputs without a note are left out, the longest first. */
const savedCharactersMax = 24 * 1024;

/** The path of a target's corpus. */
export function corpusPath(target: string): string {
  return join(import.meta.dirname, 'corpus', `${target}.txt`);
}

/** The inputs of a target, in order; none when it has no corpus yet. */
export function readCorpus(target: string): CorpusInput[] {
  const path = corpusPath(target);
  return existsSync(path) ? parseCorpus(readFileSync(path, 'latin1')) : [];
}

/** The inputs of a corpus' text. */
export function parseCorpus(text: string): CorpusInput[] {
  const inputs: CorpusInput[] = [];
  let note: string | undefined;
  for (const line of text.split('\n').slice(0, -1)) {
    if (line.startsWith('#')) {
      note = line.slice(1).trim();
      continue;
    }
    const bytes = Uint8Array.from(unprintable(line));
    inputs.push(note === undefined ? { bytes } : { bytes, note });
    note = undefined;
  }
  return inputs;
}

/** The text of inputs: those with a note first, then the shortest, as many as there is room for, each once. */
export function formatCorpus(inputs: readonly CorpusInput[]): string {
  const noted = inputs.filter(({ note }) => note !== undefined);
  const lines = new Set<string>();
  let text = '';
  for (const { bytes, note } of noted) {
    const line = lineOf(bytes);
    lines.add(line);
    text += `# ${note}\n${line}\n`;
  }
  const rest = inputs.filter(({ note }) => note === undefined).map(({ bytes }) => lineOf(bytes));
  for (const line of rest.sort((left, right) => left.length - right.length || (left < right ? -1 : 1))) {
    if (lines.has(line) || text.length + line.length + 1 > savedCharactersMax) continue;
    lines.add(line);
    text += `${line}\n`;
  }
  return text;
}

/** Replaces a target's corpus. */
export function writeCorpus(target: string, inputs: readonly CorpusInput[]): void {
  writeFileSync(corpusPath(target), formatCorpus(inputs), 'latin1');
}

function lineOf(bytes: Uint8Array): string {
  return printable(Buffer.from(bytes).toString('latin1')).replace(/^#/, '\\x23').replace(/ $/, '\\x20');
}
