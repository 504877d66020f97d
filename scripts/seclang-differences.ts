// Where ModSecurity v3 and Coraza differ: the rows of test/conformance/differences.yaml, which hold the text of the table in
// docs/seclang.md and the exchanges that show it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** An exchange and its result. Bodies are byte strings. */
export interface DifferenceCase {
  readonly target?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Precedes `body`, this many times. */
  readonly repeat?: readonly [text: string, times: number];
  readonly response?: {
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
    /** The body before compression. */
    readonly gzip?: string;
  };
  /** Rules that match and log, in order. */
  readonly ids: readonly number[];
  readonly verdict?: string;
}

/** One row of the table, and its proof. */
export interface Difference {
  readonly topic: string;
  readonly modsecurity: string;
  readonly coraza: string;
  readonly weir: string;
  readonly why: string;
  readonly rules: string;
  /** Exchanges, one after the other in one process. */
  readonly cases?: readonly DifferenceCase[];
  /** The rules do not load, and the message says this. */
  readonly refused?: string;
}

/** All rows, in order. */
export function readDifferences(): readonly Difference[] {
  const file = join(import.meta.dirname, '..', 'test', 'conformance', 'differences.yaml');
  return parse(readFileSync(file, 'utf8')) as readonly Difference[];
}

/** The table as Markdown. */
export function differencesTable(): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  const lines = readDifferences().map(({ topic, modsecurity, coraza, weir, why }) =>
    [topic, modsecurity, coraza, weir, why].map(cell).join(' | '),
  );
  const head = '| Topic | ModSecurity v3 | Coraza | Weir | Why |\n|---|---|---|---|---|';
  return `${head}\n${lines.map((line) => `| ${line} |`).join('\n')}\n`;
}
