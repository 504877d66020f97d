// Reads rule files and replaces each `Include` by the included files. Depth, number and size are limited. Of all directives it
// knows only the two includes.

import * as path from 'node:path';
import { constants } from '../base/constants.ts';
import { asWafError } from '../base/errors.ts';
import type { Pace } from '../base/pace.ts';
import type { Steps } from '../base/turn.ts';
import type { Directive, Location, RuleFile, Statement } from './ast.ts';
import { hasWildcard, matchesGlob } from './glob.ts';
import { parseInSteps } from './parser.ts';
import type { FileReader, ReadFile, RuleRoot } from './rule-file.ts';
import { byName } from './rule-source.ts';
import { SeclangError, SeclangErrors, showText } from './seclang-error.ts';

/** A file being read, the file whose `Include` named it, and the root of both. */
interface OpenFile {
  readonly root: RuleRoot;
  readonly real: string;
  readonly parent: OpenFile | undefined;
  readonly depth: number;
}

/** Where a file is named. */
interface Asker {
  readonly location: Location;
  readonly root: RuleRoot;
  readonly parent: OpenFile | undefined;
}

/** Where the names in a folder are requested. */
interface Lister extends Pick<Asker, 'location' | 'root'> {
  readonly reader: FileReader;
}

/** Reads rule files with their includes and collects the errors of all of them. */
export class RuleReader {
  readonly errors: SeclangError[] = [];
  readonly #reader: FileReader;
  readonly #pace: Pace;
  readonly #roots = new Map<string, RuleRoot>();
  #fileCount = 0;
  #statementCount = 0;

  constructor(reader: FileReader, pace: Pace) {
    this.#reader = reader;
    this.#pace = pace;
  }

  /**
   * The statements of a file, each `Include` replaced by what it names. Errors go to `errors`; everything that could be read is
   * returned.
   * @param file path as the user wrote it; locations show it.
   * @throws SeclangErrors if more than `ruleFilesMax` files are included, or `statementsMax` statements read.
   */
  *readFile(file: string, root: RuleRoot): Steps<RuleFile> {
    return yield* this.#read(file, { location: { file, line: 1, column: 1 }, root, parent: undefined });
  }

  /** The root of a file that was read. A file that is also read for a pack belongs to the pack. */
  readonly rootOf = (file: string): RuleRoot => this.#roots.get(file) as RuleRoot;

  *#read(file: string, asker: Asker): Steps<RuleFile> {
    const { location, root, parent } = asker;
    try {
      this.#fileCount++;
      if (this.#fileCount > constants.ruleFilesMax) throw tooManyFiles(file, location);
      const depth = parent === undefined ? 0 : parent.depth + 1;
      if (depth > constants.includeDepthMax) {
        throw includeError(location, file, `includes are nested ${depth} deep, limit ${constants.includeDepthMax}`);
      }
      const found = readText(this.#reader, file, asker);
      if (this.#roots.get(file)?.isConfined !== true) this.#roots.set(file, root);
      const open = { root, real: found.real, parent, depth };
      checkCycle(open, file, location);
      const parsed = yield* parseInSteps(file, found.text, this.#pace);
      this.#countStatements(parsed.file);
      this.errors.push(...(found.isOwn ? parsed.errors : withoutText(parsed.errors, root)));
      const statements: Statement[] = [];
      for (const statement of parsed.file.statements) {
        if (isInclude(statement)) yield* this.#include(statement, open, statements);
        else statements.push(statement);
      }
      return { file, statements };
    } catch (error) {
      this.#keep(error);
      return { file, statements: [] };
    }
  }

  /** @throws SeclangError at the first statement above the limit. */
  #countStatements({ file, statements }: RuleFile): void {
    const left = constants.statementsMax - this.#statementCount;
    this.#statementCount += statements.length;
    const surplus = statements[left];
    if (surplus === undefined) return;
    throw new TooMuch(file, surplus.location, `more than ${constants.statementsMax} rules and directives are loaded`);
  }

  *#include(directive: Directive, parent: OpenFile, into: Statement[]): Steps<void> {
    try {
      const asker = { location: directive.location, root: parent.root, parent };
      for (const file of findIncluded(directive, parent.root, this.#reader)) {
        const { statements } = yield* this.#read(file, asker);
        for (const statement of statements) into.push(statement);
      }
    } catch (error) {
      this.#keep(error);
    }
  }

  /** Records an error in rule text and continues; any other error ends the load. */
  #keep(error: unknown): void {
    if (!(error instanceof SeclangError)) throw error;
    this.errors.push(error);
    if (error instanceof TooMuch) throw new SeclangErrors(this.errors);
  }
}

/** Ends a load at once; otherwise it would be reported thousands of times. */
class TooMuch extends SeclangError {
  constructor(text: string, location: Location, reason: string) {
    super({ code: 'seclang.include', location, text, reason });
  }
}

function tooManyFiles(file: string, location: Location): TooMuch {
  return new TooMuch(file, location, `more than ${constants.ruleFilesMax} files are included`);
}

function isInclude(statement: Statement): statement is Directive {
  return statement.kind === 'directive' && (statement.name === 'Include' || statement.name === 'IncludeOptional');
}

function readText(reader: FileReader, file: string, { location, root }: Asker): ReadFile {
  try {
    return reader.read(file, root);
  } catch (thrown) {
    throw includeError(location, file, `cannot read ${showText(file)}: ${asWafError(thrown).message}`, thrown);
  }
}

/**
 * Replaces many errors by one. A rule file can name any file, and a file that does not contain rules would be printed line by
 * line in the errors.
 */
function withoutText(errors: readonly SeclangError[], root: RuleRoot): readonly SeclangError[] {
  const [first] = errors;
  if (first === undefined) return [];
  const { location } = first;
  const reason = `cannot be read as rules; its text is not shown because it is outside ${root.folder}`;
  return [new SeclangError({ location, text: '', reason })];
}

function checkCycle(open: OpenFile, file: string, location: Location): void {
  for (let above = open.parent; above !== undefined; above = above.parent) {
    if (above.real === open.real) throw includeError(location, file, `${showText(file)} includes itself`);
  }
}

/** The files named by an include, sorted by name; relative paths are resolved from the folder of the including file. */
function findIncluded(directive: Directive, root: RuleRoot, reader: FileReader): readonly string[] {
  const { location } = directive;
  const pattern = directive.arguments[0] ?? '';
  const isOptional = directive.name === 'IncludeOptional';
  if (pattern === '') throw includeError(location, pattern, 'the path of the Include is empty');
  refuseEmbedded(pattern, location);
  const resolved = besideRuleFile(location, pattern);
  // An optional file may be created later.
  if (!hasWildcard(pattern)) reader.note(resolved);
  const found = hasWildcard(pattern)
    ? expandWildcards(resolved, { location, root, reader })
    : [resolved].filter((file) => !isOptional || root.source.kindOf(file) === 'file');
  if (found.length === 0 && !isOptional) {
    const reason = `no file matches ${showText(pattern)} (IncludeOptional allows that)`;
    throw includeError(location, pattern, reason);
  }
  return found;
}

/** Coraza's examples name files that are built into Coraza: `@coraza.conf-recommended`, `@owasp_crs/*.conf`. */
function refuseEmbedded(pattern: string, location: Location): void {
  if (!/^@(?:coraza|crs-setup|owasp_crs|ftw-config)\b/.test(pattern)) return;
  const reason = `${showText(pattern)} is built into Coraza; write the path of the file, or give --rules the folder of the CRS`;
  throw includeError(location, pattern, reason);
}

/** A path written in a rule file, relative to the working directory. A byte string becomes the UTF-8 name it spells. */
export function besideRuleFile(location: Location, written: string): string {
  const name = Buffer.from(written, 'latin1').toString('utf8');
  return path.isAbsolute(name) ? name : path.join(path.dirname(location.file), name);
}

/**
 * Every file that matches, component by component, sorted by name at each level. Names that start with a dot match only if the
 * pattern starts with one.
 */
function expandWildcards(pattern: string, asker: Lister): readonly string[] {
  const { root: top } = path.parse(pattern);
  const parts = pattern
    .slice(top.length)
    .split('/')
    .filter((part) => part !== '' && part !== '.');
  const first = parts.findIndex(hasWildcard);
  let found = [path.join(top, ...parts.slice(0, first))];
  for (const [index, part] of parts.entries()) {
    if (index < first) continue;
    const wanted = index === parts.length - 1 ? 'file' : 'folder';
    found = found
      .flatMap((folder) => matchPart(folder, part, asker))
      .filter((name) => asker.root.source.kindOf(name) === wanted);
    // A folder that contains links to itself would multiply with every component.
    if (found.length > constants.ruleFilesMax) throw tooManyFiles(pattern, asker.location);
  }
  return found;
}

function matchPart(folder: string, part: string, { location, root, reader }: Lister): string[] {
  if (!hasWildcard(part)) return [path.join(folder, part)];
  let names: readonly string[];
  try {
    reader.note(folder);
    names = root.source.list(folder);
  } catch (thrown) {
    const reason = `cannot list ${showText(folder)}: ${asWafError(thrown).message}`;
    throw includeError(location, folder, reason, thrown);
  }
  // A folder that cannot be listed matches nothing; the caller reports a pattern without matches.
  return names
    .filter((name) => (part.startsWith('.') || !name.startsWith('.')) && matchesGlob(name, part))
    .sort(byName)
    .map((name) => path.join(folder, name));
}

function includeError(location: Location, text: string, reason: string, cause?: unknown): SeclangError {
  return new SeclangError({ code: 'seclang.include', location, text, reason, cause });
}
