// Which parser reads what how: the table of docs/bodies.md, made by running each parser on bodies that parsers read differently.

import { readFileSync } from 'node:fs';
import type { Handed } from './handed.ts';
import { onePart } from './multipart-documents.ts';
import { multipartParsers } from './multipart-parsers.ts';
import { oraclesOf, type Peers } from './peers/peers.ts';
import { type OracleRequest, readBody } from './reading.ts';
import type { Oracle } from './trial.ts';

/** A body, and a description of a parser's result for it. */
interface Probe {
  readonly title: string;
  readonly request: OracleRequest;
  readonly say: (handed: readonly Handed[]) => string;
}

const textOf = ({ text }: Handed): string => (typeof text === 'string' ? text : Buffer.from(text).toString('latin1'));

/** Whether the content is a field or a file. */
function kindOf(handed: readonly Handed[]): string {
  const found = handed.filter((one) => textOf(one).includes('probe'));
  if (found.some(({ role }) => role === 'value')) return 'field';
  return found.some(({ role }) => role === 'content') ? 'file' : '–';
}

/** Whether what follows a delimiter of a kind is a separate part. */
function partOf(handed: readonly Handed[]): string {
  if (handed.some((one) => textOf(one).trim() === 'hidden')) return 'delimiter';
  return handed.some((one) => textOf(one).includes('hidden')) ? 'content' : '–';
}

const decodedOf =
  (decoded: string) =>
  (handed: readonly Handed[]): string => {
    const values = handed.filter(({ role }) => role === 'value' || role === 'content').map(textOf);
    if (values.includes(decoded)) return 'decoded';
    return values.length > 0 ? 'as sent' : '–';
  };

const file = (disposition: string): OracleRequest => onePart(`Content-Disposition: form-data; ${disposition}\n\nprobe`);
const named = 'Content-Disposition: form-data; name="q"';
const delimiter = (between: string): OracleRequest =>
  onePart(`${named}\n\nx${between}Content-Disposition: form-data; name="h"\n\nhidden`);

const probes: readonly Probe[] = [
  ...[
    'name="q"; filename="x"',
    'name="q"; filename=x',
    'name="q"; filename*=UTF-8\'\'x',
    'name="q"; filename ="x"',
    'name="q";filename\t="x"',
    'name="q"; FILENAME="x"',
    'name="q";\n filename="x"',
    'name="q\\\\"; filename="x"',
    'name="q\\"; filename="x"',
    "name='q'; filename='x'",
  ].map((disposition) => ({
    title: `\`${disposition.replaceAll('\n', '⏎').replaceAll('\t', '⇥')}\``,
    request: file(disposition),
    say: kindOf,
  })),
  ...[
    ['`--b` in a line', ' --b\n'],
    ['`--b` behind CR', '\r--b\n'],
    ['`--b` behind VT', '\v--b\n'],
    ['`---b`', '\n---b\n'],
    ['`--bx`', '\n--bx\n'],
    ['`--b-`', '\n--b-\n'],
    ['`--b` and white space', '\n--b \n'],
  ].map(([title, between]) => ({ title: title as string, request: delimiter(between as string), say: partOf })),
  {
    title: 'a part behind the last delimiter',
    request: onePart(`${named}\n\nx\n--b--\nContent-Disposition: form-data; name="h"\n\nhidden`),
    say: partOf,
  },
  {
    title: 'base64',
    request: onePart(`${named}\nContent-Transfer-Encoding: base64\n\ncHJvYmU=`),
    say: decodedOf('probe'),
  },
  {
    title: 'quoted-printable, `= ⇥⏎`',
    request: onePart(`${named}\nContent-Transfer-Encoding: quoted-printable\n\npro= \t\nbe`),
    say: decodedOf('probe'),
  },
  {
    title: 'text in UTF-16',
    request: onePart(`${named}\nContent-Type: text/plain; charset=utf-16le\n\np\0r\0o\0b\0e\0`),
    say: decodedOf('probe'),
  },
];

const packageVersions = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  readonly devDependencies: Readonly<Record<string, string>>;
};

/** The version of a package that the tests depend on. */
export const packageVersionOf = (name: string): string | undefined => packageVersions.devDependencies[name];

/** Parsers by the head of their column: name and version. */
export function columnsOf(peers: Peers): Map<string, Oracle> {
  const versions = new Map(peers.parsers.map(({ name, version }) => [name, version]));
  const own = multipartParsers.filter(({ name }) => packageVersions.devDependencies[name] !== undefined);
  const all = [...own, ...oraclesOf(peers, 'multipart')];
  return new Map(
    all.map((oracle) => [
      `${oracle.name} ${versions.get(oracle.name) ?? packageVersions.devDependencies[oracle.name]}`,
      oracle,
    ]),
  );
}

/** A column of the table: a cell for each probe. */
export const columnOf = (oracle: Oracle): Promise<string[]> =>
  Promise.all(probes.map(async ({ request, say }) => say(await oracle.read(request))));

/** Weir's result for each probe. */
export function weirColumn(): string[] {
  return probes.map(({ request, say }) => {
    const { fields, block } = readBody(request, []);
    const handed = fields.map(({ source, value }) => ({
      role: source === 'FILE_CONTENT' ? ('content' as const) : ('value' as const),
      text: value,
    }));
    if (block !== undefined) return 'failure';
    if (say !== kindOf) return say(handed.filter(({ text }) => !text.startsWith('Content-')));
    const kinds = [handed.filter(({ role }) => role === 'value'), handed.filter(({ role }) => role === 'content')];
    return kinds
      .map(kindOf)
      .filter((kind) => kind !== '–')
      .join(' and ');
  });
}

/** The titles of the rows. */
export const titles: readonly string[] = probes.map(({ title }) => title);

/** The table as Markdown: a row for each probe, a column for each parser. */
export function tableOf(columns: ReadonlyMap<string, readonly string[]>, titles: readonly string[]): string {
  const names = [...columns.keys()];
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(['', ...names]),
    `|${'---|'.repeat(names.length + 1)}`,
    ...titles.map((title, row) => line([title, ...names.map((name) => columns.get(name)?.[row] ?? '')])),
  ].join('\n');
}
