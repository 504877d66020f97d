// Files: reads rule files and *.data lists, and puts included files in the place of their `Include`. Bounded in depth
// and size. Knows directives only by the names of the two includes.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import * as path from 'node:path';
import { limits } from '../base/limits.ts';
import type { Directive, Location, RuleFile, Statement } from './ast.ts';
import { parseRuleText } from './parser.ts';
import { SeclangError, SeclangErrors, showText } from './seclang-error.ts';

/** A file under way, and the file whose `Include` named it. */
interface OpenFile {
  readonly real: string;
  readonly parent: OpenFile | undefined;
  readonly depth: number;
}

/** Reads rule files with their includes and keeps the errors of all of them. */
export class RuleReader {
  readonly errors: SeclangError[] = [];
  #fileCount = 0;

  /**
   * The statements of a file, each `Include` replaced by what it names. Errors go to `errors`; what could be read is returned.
   * @param file path as the user wrote it; it is what locations show.
   * @param from who asks, for the place of an error about the file itself.
   */
  readFile(file: string, from?: Location): RuleFile {
    return this.#read(file, from ?? { file, line: 1, column: 1 }, undefined);
  }

  #read(file: string, from: Location, parent: OpenFile | undefined): RuleFile {
    try {
      const open = { real: path.resolve(file), parent, depth: parent === undefined ? 0 : parent.depth + 1 };
      checkNesting(open, file, from);
      this.#fileCount++;
      if (this.#fileCount > limits.ruleFilesMax) throw new TooManyFiles(file, from);
      const parsed = parseRuleText(file, readBounded(file, from));
      this.errors.push(...parsed.errors);
      const statements: Statement[] = [];
      for (const statement of parsed.file.statements) {
        if (isInclude(statement)) this.#include(statement, open, statements);
        else statements.push(statement);
      }
      return { file, statements };
    } catch (error) {
      this.#keep(error);
      return { file, statements: [] };
    }
  }

  #include(directive: Directive, parent: OpenFile, into: Statement[]): void {
    try {
      for (const file of findIncluded(directive)) {
        for (const statement of this.#read(file, directive.location, parent).statements) into.push(statement);
      }
    } catch (error) {
      this.#keep(error);
    }
  }

  /** Keeps an error of rule text and goes on; anything else ends the load. */
  #keep(error: unknown): void {
    if (!(error instanceof SeclangError)) throw error;
    this.errors.push(error);
    if (error instanceof TooManyFiles) throw new SeclangErrors(this.errors);
  }
}

/** Ends a load at once: includes that multiply would otherwise report it thousands of times. */
class TooManyFiles extends SeclangError {
  constructor(file: string, location: Location) {
    const reason = `more than ${limits.ruleFilesMax} files are included`;
    super({ code: 'seclang.include', location, text: file, reason });
  }
}

function isInclude(statement: Statement): statement is Directive {
  return statement.kind === 'directive' && (statement.name === 'Include' || statement.name === 'IncludeOptional');
}

function checkNesting(open: OpenFile, file: string, location: Location): void {
  for (let above = open.parent; above !== undefined; above = above.parent) {
    if (above.real === open.real) throw includeError(location, file, `${showText(file)} includes itself`);
  }
  if (open.depth > limits.includeDepthMax) {
    throw includeError(location, file, `includes are nested ${open.depth} deep, limit ${limits.includeDepthMax}`);
  }
}

/** The files an include names, sorted by name; relative paths start at the folder of the including file. */
function findIncluded(directive: Directive): readonly string[] {
  const pattern = directive.arguments[0] ?? '';
  const isOptional = directive.name === 'IncludeOptional';
  if (pattern === '') throw includeError(directive.location, pattern, 'the path of the Include is empty');
  const resolved = besideRuleFile(directive.location, pattern);
  const found = hasWildcard(pattern)
    ? expandWildcards(resolved)
    : [resolved].filter((file) => isOptional === false || isFile(file));
  if (found.length === 0 && !isOptional) {
    throw includeError(
      directive.location,
      pattern,
      `no file matches ${showText(pattern)} (IncludeOptional allows that)`,
    );
  }
  return found;
}

/** A path written in a rule file, seen from where the process runs. A byte string becomes the UTF-8 name it spells. */
function besideRuleFile(location: Location, written: string): string {
  const name = Buffer.from(written, 'latin1').toString('utf8');
  return path.isAbsolute(name) ? name : path.join(path.dirname(location.file), name);
}

function hasWildcard(pattern: string): boolean {
  return /[*?[]/.test(pattern);
}

/** Every file that matches, part by part, in order of name at each level. Names that start with a dot need a dot in the pattern. */
function expandWildcards(pattern: string): readonly string[] {
  const { root } = path.parse(pattern);
  let folders = [root];
  const parts = pattern
    .slice(root.length)
    .split('/')
    .filter((part) => part !== '' && part !== '.');
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1;
    folders = folders
      .flatMap((folder) => matchPart(folder, part))
      .filter((found) => (isLast ? isFile(found) : isFolder(found)));
  }
  return folders;
}

function matchPart(folder: string, part: string): string[] {
  if (!hasWildcard(part)) return [path.join(folder, part)];
  let names: string[];
  try {
    names = readdirSync(folder === '' ? '.' : folder);
  } catch {
    // A folder that cannot be listed matches nothing; the caller reports a pattern without any match.
    return [];
  }
  return names
    .filter((name) => (part.startsWith('.') || !name.startsWith('.')) && path.matchesGlob(name, part))
    .sort(byName)
    .map((name) => path.join(folder, name));
}

/** Order of file names by code unit, the same on every machine. */
export function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** True for a regular file (or a link to one) that exists. */
export function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}

/** True for a folder that exists. */
export function isFolder(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** The bytes of a file as a byte string, `ruleFileBytesMax` at most. */
function readBounded(file: string, location: Location): string {
  let bytes: Buffer;
  try {
    const stat = statSync(file);
    if (!stat.isFile()) throw includeError(location, file, `${showText(file)} is not a file`);
    if (stat.size > limits.ruleFileBytesMax) {
      throw includeError(location, file, `${showText(file)} is ${stat.size} bytes, limit ${limits.ruleFileBytesMax}`);
    }
    bytes = readFileSync(file);
  } catch (error) {
    if (error instanceof SeclangError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw includeError(location, file, `cannot read ${showText(file)}: ${why}`, error);
  }
  return bytes.toString('latin1');
}

function includeError(location: Location, text: string, reason: string, cause?: unknown): SeclangError {
  return new SeclangError({ code: 'seclang.include', location, text, reason, cause });
}

/** One entry of a *.data file with the place it stands at. */
export interface DataLine {
  readonly text: string;
  readonly location: Location;
}

/** Reads the *.data files that operators name; each file is read once. */
export class DataReader {
  readonly #files = new Map<string, readonly DataLine[]>();

  /**
   * The entries of a data file: one a line, white space around it dropped, empty lines and lines that start with `#` left out.
   * @param location of the operator; a relative name starts at the folder of that file.
   * @throws SeclangError `seclang.include` at `location` when the file cannot be read.
   */
  read(location: Location, name: string): readonly DataLine[] {
    if (/^https?:/i.test(name)) {
      throw new SeclangError({
        code: 'seclang.unsupported',
        location,
        text: name,
        reason: `lists are read from files only, not from ${showText(name)}`,
      });
    }
    const file = besideRuleFile(location, name);
    let lines = this.#files.get(file);
    if (lines === undefined) {
      lines = dataLines(file, readBounded(file, location));
      this.#files.set(file, lines);
    }
    return lines;
  }
}

function dataLines(file: string, text: string): readonly DataLine[] {
  const lines: DataLine[] = [];
  for (const [index, whole] of text.split('\n').entries()) {
    const start = /^[ \t\r\v\f]*/.exec(whole)?.[0].length ?? 0;
    let end = whole.length;
    while (end > start && ' \t\r\v\f'.includes(whole[end - 1] ?? 'x')) end--;
    if (end > start && whole[start] !== '#') {
      lines.push({ text: whole.slice(start, end), location: { file, line: index + 1, column: start + 1 } });
    }
  }
  return lines;
}
