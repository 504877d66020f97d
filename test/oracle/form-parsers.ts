// Parsers of forms that Node applications use.

import { parse as parseQuerystring } from 'node:querystring';
import { Busboy as FastifyBusboy } from '@fastify/busboy';
import bodyParser from 'body-parser';
import busboy from 'busboy';
import qs from 'qs';
import { type Handed, name, value } from './handed.ts';
import { nodeRequest } from './node-request.ts';
import type { OracleRequest } from './reading.ts';
import { handedOf } from './structure.ts';
import type { Oracle } from './trial.ts';

const isForm = ({ contentType }: OracleRequest): boolean =>
  contentType !== undefined && /^\s*application\/x-www-form-urlencoded\s*(?:;|$)/i.test(contentType);

const textOf = ({ body }: OracleRequest): string => Buffer.from(body).toString('utf8');

const pairsOf = (pairs: Iterable<readonly [string, string]>): Handed[] =>
  [...pairs].flatMap(([key, text]) => [name(key), value(text)]);

const limits = { fieldNameSize: 1 << 20, fieldSize: 1 << 20 };
const many = { parameterLimit: Infinity, arrayLimit: 1000, depth: 32, allowPrototypes: true } as const;

/** A parser that reads from the Content-Type only whether it is a form. */
const ofText = (oracle: string, parse: (text: string) => readonly Handed[]): Oracle => ({
  name: oracle,
  read: (request) => (isForm(request) ? parse(textOf(request)) : []),
});

async function readFetch({ contentType, body }: OracleRequest): Promise<Handed[]> {
  if (contentType === undefined) return [];
  try {
    const response = new Response(Buffer.from(body), { headers: { 'content-type': contentType } });
    if (!isForm({ contentType, body })) return [];
    return pairsOf([...(await response.formData())].map(([key, text]) => [key, String(text)]));
  } catch {
    return [];
  }
}

function readBodyParser(request: OracleRequest): Promise<Handed[]> {
  const incoming = nodeRequest(request) as ReturnType<typeof nodeRequest> & { body?: unknown };
  const parser = bodyParser.urlencoded({ extended: true, limit: '10mb', parameterLimit: 10_000 });
  return new Promise((resolve) => {
    parser(incoming as never, {} as never, () => resolve(handedOf(incoming.body)));
  });
}

function readBusboy({ contentType, body }: OracleRequest): Promise<Handed[]> {
  return collectFields((give) => {
    const parser = busboy({ headers: { 'content-type': contentType ?? '' }, limits });
    return parser.on('field', give).end(Buffer.from(body));
  }, contentType);
}

function readFastifyBusboy({ contentType, body }: OracleRequest): Promise<Handed[]> {
  return collectFields((give) => {
    const parser = new FastifyBusboy({ headers: { 'content-type': contentType ?? '' }, limits });
    return parser.on('field', (key: string, text: unknown) => give(key, String(text))).end(Buffer.from(body));
  }, contentType);
}

function collectFields(
  start: (give: (key: string | undefined, text: string | undefined) => void) => NodeJS.EventEmitter,
  contentType: string | undefined,
): Promise<Handed[]> {
  if (!/^\s*application\/x-www-form-urlencoded/i.test(contentType ?? '')) return Promise.resolve([]);
  const found: Handed[] = [];
  return new Promise((resolve) => {
    const done = (): void => resolve(found);
    try {
      // For an unknown charset busboy passes undefined.
      const parser = start((key, text) => found.push(name(key ?? ''), value(text ?? '')));
      parser.on('close', done).on('finish', done).on('error', done);
    } catch {
      done();
    }
  });
}

/** All of them. */
export const formParsers: readonly Oracle[] = [
  ofText('URLSearchParams', (text) => pairsOf(new URLSearchParams(text))),
  ofText('node:querystring', (text) => handedOf(parseQuerystring(text, '&', '=', { maxKeys: 0 }))),
  ofText('qs', (text) => handedOf(qs.parse(text, many))),
  ofText('qs in Latin-1', (text) => handedOf(qs.parse(text, { ...many, charset: 'iso-8859-1' }))),
  ofText('qs with charsetSentinel', (text) => handedOf(qs.parse(text, { ...many, charsetSentinel: true }))),
  ofText('qs with comma', (text) => handedOf(qs.parse(text, { ...many, comma: true }))),
  ofText('qs with ; as delimiter', (text) => handedOf(qs.parse(text, { ...many, delimiter: /[&;]/ }))),
  ofText('qs with numeric entities', (text) =>
    handedOf(qs.parse(text, { ...many, charset: 'iso-8859-1', interpretNumericEntities: true })),
  ),
  { name: 'body-parser', read: readBodyParser },
  { name: 'busboy', read: readBusboy },
  { name: '@fastify/busboy', read: readFastifyBusboy },
  { name: 'fetch', read: readFetch },
];
