// Which parser reads what how, apart from multipart: the tables of docs/bodies.md about cookies, JSON and content encodings, made by running each
// parser on what parsers read differently.

import { deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { brotli, member } from '../support/coded-bodies.ts';
import { cookieFieldsOf } from '../support/cookie-fields.ts';
import { formParsers } from './form-parsers.ts';
import type { Handed } from './handed.ts';
import { jsonParsers } from './json-parsers.ts';
import { oraclesOf, type Peers } from './peers/peers.ts';
import { type OracleRequest, readBody } from './reading.ts';
import { packageVersionOf } from './readings-table.ts';

/** A parser, with the version in the head of its column. */
export interface Reader {
  readonly title: string;
  readonly column: () => Promise<string[]>;
}

/** One table. */
export interface ReaderTable {
  readonly name: 'cookies' | 'json' | 'codings';
  readonly subject: 'cookie' | 'json' | 'form';
  /** First cells of the rows. */
  readonly titles: readonly string[];
  readonly readers: (peers: Peers) => Reader[];
  readonly weir: () => string[];
}

const textOf = ({ text }: Handed): string => (typeof text === 'string' ? text : Buffer.from(text).toString('latin1'));
const shown = (texts: Iterable<string>): string =>
  [...new Set(texts)]
    .filter((text) => text !== '')
    .map((text) => `\`${text}\``)
    .join(', ') || '–';

const cookieHeaders = [
  'a=1; b',
  'a="1"',
  'a="\\061"',
  'a="1; b=2"',
  'a=%31',
  'a=1, b=2',
  'a=j:{"k":"\\u0031"}',
  'a="\\u0031"',
  'a=s:j:["\\u0031"].c2ln',
  'a=1; a=2',
];

const cookies: ReaderTable = {
  name: 'cookies',
  subject: 'cookie',
  titles: cookieHeaders.map((header) => `\`${header}\``),
  readers: ({ parsers }) =>
    parsers.map(({ name, version, peer }) => ({
      title: `${name} ${version}`,
      column: () =>
        Promise.all(
          cookieHeaders.map(async (header) => {
            const answers = await peer.ask('cookie', [['Cookie', header]], Buffer.alloc(0));
            const handed = answers.get(name) ?? [];
            return shown(handed.filter(({ role }) => role === 'value').map(textOf));
          }),
        ),
    })),
  weir: () => cookieHeaders.map((header) => shown(cookieFieldsOf(header).map(({ value }) => value))),
};

const json = (body: string | Uint8Array, contentType = 'application/json'): OracleRequest => ({
  contentType,
  body: Buffer.from(body as string),
});

const jsonBodies: readonly (readonly [title: string, request: OracleRequest])[] = [
  ['`{"a":"1","a":"2"}`', json('{"a":"1","a":"2"}')],
  ['`{"a":"\\u0031"}`', json('{"a":"\\u0031"}')],
  ['the same as `text/plain`', json('{"a":"\\u0031"}', 'text/plain')],
  ['`{"a":"1"}{"a":"2"}`', json('{"a":"1"}{"a":"2"}')],
  ['`{"a":"1",}`', json('{"a":"1",}')],
  ["`{'a':'1'}`", json("{'a':'1'}")],
  ['`/**/{"a":"1"}`', json('/**/{"a":"1"}')],
  ['`{"a":"1","b":NaN}`', json('{"a":"1","b":NaN}')],
  ['`{"a":"1⏎"}`, a line break', json('{"a":"1\n"}')],
  ['`"1"`', json('"1"')],
  ['a byte order mark', json('\ufeff{"a":"1"}')],
  ['UTF-16', json(Buffer.from('\ufeff{"a":"1"}', 'utf16le'), 'application/json; charset=utf-16')],
  ['`{"a":"1"`', json('{"a":"1"')],
];

const valuesOf = (handed: readonly Handed[]): string =>
  shown(
    handed
      .filter(({ role }) => role === 'value')
      .map(textOf)
      .map((text) => text.replaceAll('\n', '⏎')),
  );

const jsonTable: ReaderTable = {
  name: 'json',
  subject: 'json',
  titles: jsonBodies.map(([title]) => title),
  readers: (peers) =>
    readersOf(peers, 'json', jsonParsers, (oracle) =>
      jsonBodies.map(async ([, request]) => valuesOf(await oracle(request))),
    ),
  weir: () =>
    jsonBodies.map(([, request]) => {
      const { fields, block } = readBody(request, []);
      const seen = valuesOf(fields.map(({ value }) => ({ role: 'value', text: value })));
      return block === undefined ? seen : 'failure';
    }),
};

const coded = (contentEncoding: string, body: Uint8Array | string): OracleRequest => ({
  contentType: 'application/x-www-form-urlencoded',
  contentEncoding,
  body: Buffer.from(body as string),
});

const content = 'ab12'.repeat(50);
const form = `a=${content}`;
const hidden = '&q=abcdefgh&z=';
const codedForms: readonly (readonly [title: string, request: OracleRequest])[] = [
  ['gzip', coded('gzip', gzipSync(form))],
  ['`x-gzip`', coded('x-gzip', gzipSync(form))],
  ['gzip, two members', coded('gzip', Buffer.concat([gzipSync(form.slice(0, 9)), gzipSync(form.slice(9))]))],
  ['gzip whose comment is a form', coded('gzip', member(form, { comment: hidden }))],
  ['deflate', coded('deflate', deflateSync(form))],
  ['deflate without zlib', coded('deflate', deflateRawSync(form))],
  ['br', coded('br', brotli(form, 'm'))],
  ['zstd', coded('zstd', zstdCompressSync(form))],
  ['gzip, then gzip', coded('gzip, gzip', gzipSync(gzipSync(form)))],
  ['a form that is called gzip', coded('gzip', form)],
  ['`identity`', coded('identity', form)],
  ['an unknown coding', coded('x-none', form)],
];

/** Whether the decoded form was read, the one in a comment, or bytes as they were sent. */
function howRead(handed: readonly Handed[]): string {
  const texts = handed.map(textOf);
  const ways = [
    texts.includes(content) ? 'form' : '',
    texts.some((text) => text.includes('abcdefgh')) ? 'comment' : '',
  ].filter((way) => way !== '');
  if (ways.length > 0) return ways.join(' and ');
  return texts.length > 0 ? 'as sent' : '–';
}

const codings: ReaderTable = {
  name: 'codings',
  subject: 'form',
  titles: codedForms.map(([title]) => title),
  readers: (peers) =>
    readersOf(
      peers,
      'form',
      formParsers.filter(({ name }) => name === 'body-parser'),
      (oracle) => codedForms.map(async ([, request]) => howRead(await oracle(request))),
    ),
  weir: () =>
    codedForms.map(([, request]) => {
      const { fields, block } = readBody(request, []);
      if (block !== undefined) return 'failure';
      return howRead(fields.flatMap(({ name, value }) => [name, value]).map((text) => ({ role: 'value', text })));
    }),
};

function readersOf(
  peers: Peers,
  subject: 'json' | 'form',
  own: typeof jsonParsers,
  cellsOf: (read: (request: OracleRequest) => Promise<readonly Handed[]>) => Promise<string>[],
): Reader[] {
  const versions = new Map(peers.parsers.map(({ name, version }) => [name, version]));
  return [...own, ...oraclesOf(peers, subject)].flatMap(({ name, read }) => {
    const version = versions.get(name) ?? packageVersionOf(name);
    if (version === undefined) return [];
    return [{ title: `${name} ${version}`, column: () => Promise.all(cellsOf(async (request) => read(request))) }];
  });
}

/** All of them. */
export const readerTables: readonly ReaderTable[] = [cookies, jsonTable, codings];
