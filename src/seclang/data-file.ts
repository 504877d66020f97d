// The *.data files that operators name: one entry per line, each with its location. Knows no operator.

import { asWafError } from '../base/errors.ts';
import type { Location } from './ast.ts';
import { besideRuleFile } from './include.ts';
import type { FileReader, RuleRoot } from './rule-file.ts';
import { SeclangError, showText } from './seclang-error.ts';

/** One entry of a *.data file with its location. */
export interface DataLine {
  readonly text: string;
  readonly location: Location;
  /** Whether an error may quote it: only if the file is below the folder of the rules. */
  readonly isShown: boolean;
}

/** Reads the *.data files that operators name; each file is read once. */
export class DataReader {
  readonly #reader: FileReader;
  readonly #rootOf: (file: string) => RuleRoot;
  readonly #files = new Map<string, readonly DataLine[]>();

  /** @param rootOf the root of a rule file, by its name in locations. */
  constructor(reader: FileReader, rootOf: (file: string) => RuleRoot) {
    this.#reader = reader;
    this.#rootOf = rootOf;
  }

  /**
   * The entries of a data file: one per line, without surrounding white space, empty lines and lines that start with `#`.
   * @param location of the operator; a relative name is resolved from the folder of that file.
   * @throws SeclangError `seclang.include` at `location` if the file cannot be read.
   */
  read(location: Location, name: string): readonly DataLine[] {
    if (/^https?:/i.test(name)) {
      const reason = `lists are read from files only, not from ${showText(name)}`;
      throw new SeclangError({ code: 'seclang.unsupported', location, text: name, reason });
    }
    const file = besideRuleFile(location, name);
    const root = this.#rootOf(location.file);
    const key = `${root.isConfined ? root.folder : ''}\0${file}`;
    const known = this.#files.get(key);
    if (known !== undefined) return known;
    const lines = this.#lines(file, root, location);
    this.#files.set(key, lines);
    return lines;
  }

  #lines(file: string, root: RuleRoot, location: Location): readonly DataLine[] {
    try {
      const { text, isOwn } = this.#reader.read(file, root);
      return dataLines(file, text, isOwn);
    } catch (thrown) {
      const reason = `cannot read ${showText(file)}: ${asWafError(thrown).message}`;
      throw new SeclangError({ code: 'seclang.include', location, text: file, reason, cause: thrown });
    }
  }
}

function dataLines(file: string, text: string, isShown: boolean): readonly DataLine[] {
  const lines: DataLine[] = [];
  for (const [index, whole] of text.split('\n').entries()) {
    const start = /^[ \t\r\v\f]*/.exec(whole)?.[0].length ?? 0;
    let end = whole.length;
    while (end > start && ' \t\r\v\f'.includes(whole[end - 1] ?? 'x')) end--;
    if (end > start && whole[start] !== '#') {
      const location = { file, line: index + 1, column: start + 1 };
      lines.push({ text: whole.slice(start, end), location, isShown });
    }
  }
  return lines;
}
