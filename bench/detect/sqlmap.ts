// Every request that sqlmap can build from its own data: each payload in each boundary, as its package spells them. They are combined as
// the head of its boundaries.xml describes.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import { createRandom } from '../corpora/random.ts';

/** One value that sqlmap would send. */
export interface SqlmapValue {
  /** Byte string. */
  readonly text: string;
  /** The payload's title, which describes a miss. */
  readonly title: string;
  /** The boundary before and after it. */
  readonly boundary: string;
}

interface Boundary {
  readonly prefix: string;
  readonly suffix: string;
}

interface Payload {
  readonly title: string;
  readonly kind: string;
  readonly clause: string;
  /** Where it goes: 1 after the parameter's value, 2 after a negative one, 3 in its place. */
  readonly where: readonly string[];
  readonly text: string;
  readonly comment: string;
}

/** Type of a payload in sqlmap's data. */
const stackedKind = '4';
const unionKind = '6';
/** Numbers of columns for unions, in place of sqlmap's ranges. */
const unionColumns = [1, 3, 10];

const parser = new XMLParser({ parseTagValue: false, trimValues: false, ignoreAttributes: true });

/** The text of an element; empty if it has none. */
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function elementsOf(path: string, name: string): readonly Record<string, unknown>[] {
  const root = parser.parse(readFileSync(path, 'utf8')).root as Record<string, unknown>;
  const found = root[name];
  return (Array.isArray(found) ? found : [found]) as Record<string, unknown>[];
}

function boundariesOf(folder: string): readonly Boundary[] {
  return elementsOf(join(folder, 'boundaries.xml'), 'boundary').map(({ prefix, suffix }) => ({
    prefix: textOf(prefix),
    suffix: textOf(suffix),
  }));
}

function payloadsOf(path: string): readonly Payload[] {
  return elementsOf(path, 'test').flatMap((test) => {
    const request = test.request as Record<string, unknown>;
    const one = {
      title: textOf(test.title),
      kind: textOf(test.stype),
      clause: textOf(test.clause),
      where: textOf(test.where).split(','),
      comment: textOf(request.comment),
    };
    if (one.kind !== unionKind) return [{ ...one, text: textOf(request.payload) }];
    const column = textOf(request.char).replace('[CHAR]', 'NULL');
    const unions = unionColumns.map((count) => `UNION ALL SELECT ${Array(count).fill(column).join(',')}`);
    return [...unions, 'ORDER BY 1', 'ORDER BY [RANDNUM]'].map((text) => ({ ...one, text }));
  });
}

/** The value with its placeholders filled in, each with the same value throughout, as sqlmap does. */
function filled(template: string, original: string, below: (bound: number) => number): string {
  const letters = (length: number, first: number): string =>
    Array.from({ length }, () => String.fromCharCode(first + below(26))).join('');
  const known = new Map<string, string>([
    ['[GENERIC_SQL_COMMENT]', `-- ${letters(4, 97)}`],
    ['[ORIGVALUE]', /^\d+$/.test(original) ? original : `'${original}'`],
    ['[ORIGINAL]', original],
    ['[SLEEPTIME]', '5'],
    ['[DELIMITER_START]', `q${letters(3, 97)}q`],
    ['[DELIMITER_STOP]', `q${letters(3, 97)}q`],
  ]);
  return template.replace(/\[[A-Z_]+\d*\]/g, (name) => {
    let value = known.get(name);
    if (value === undefined && name.startsWith('[RANDNUM')) value = String(1000 + below(9000));
    if (value === undefined && name.startsWith('[RANDSTR')) value = letters(2, 65) + letters(2, 97);
    if (value === undefined && name.endsWith('_REPLACE]')) value = `q${letters(1, 97)}q`;
    known.set(name, value ?? name);
    return value ?? name;
  });
}

/** Prefix, payload, comment and suffix in one; after a comment, the suffix is not needed. */
function joined({ prefix, suffix }: Boundary, { text, comment, kind, clause }: Payload): string {
  const isTight =
    kind === stackedKind ||
    /^(2|3|2,3)$/.test(clause) ||
    text.startsWith(';') ||
    prefix.endsWith('(') ||
    (/[()]$/.test(prefix) && /^[()]/.test(text));
  const head = `${prefix}${isTight ? '' : ' '}${text}`;
  if (comment !== '') return `${head}${comment}`;
  return `${head}${/\w$/.test(head) && /^\w/.test(suffix) ? ' ' : ''}${suffix}`;
}

/**
 * The values of every payload in every boundary, at level 5 and risk 3 (so that none is left out), for one value of the parameter.
 * @param folder xml in the data folder of sqlmap's package.
 * @param original the parameter's value, which most payloads keep.
 */
export function* sqlmapValues(folder: string, original: string, seed = 7): Generator<SqlmapValue> {
  const below = createRandom(seed);
  const boundaries = boundariesOf(folder);
  const payloads = readdirSync(join(folder, 'payloads'))
    .filter((name) => name.endsWith('.xml'))
    .sort()
    .flatMap((name) => payloadsOf(join(folder, 'payloads', name)));
  for (const payload of payloads) {
    const { title, where } = payload;
    const described = (text: string, boundary: string): SqlmapValue => ({
      text: filled(text, original, below),
      title,
      boundary,
    });
    if (where.includes('3')) yield described(`${payload.text}${payload.comment}`, '');
    for (const boundary of boundaries) {
      const tail = joined(boundary, payload);
      const place = `${boundary.prefix} … ${boundary.suffix}`;
      if (where.includes('1')) yield described(`${original}${tail}`, place);
      if (where.includes('2')) yield described(`-[RANDNUM9]${tail}`, place);
    }
  }
}

/** The folder of sqlmap's data in a folder of Python's packages; undefined when it is not there. */
export function sqlmapFolder(python: string): string | undefined {
  const libraries = join(python, 'lib');
  if (!existsSync(libraries)) return undefined;
  return readdirSync(libraries)
    .map((name) => join(libraries, name, 'site-packages', 'sqlmap', 'data'))
    .find((folder) => existsSync(folder));
}
