// Parsers of multipart forms that Node applications use.

import type { Readable } from 'node:stream';
import { Busboy as FastifyBusboy } from '@fastify/busboy';
import busboy from 'busboy';
import { content, type Handed, name, value } from './handed.ts';
import type { OracleRequest } from './reading.ts';
import type { Oracle } from './trial.ts';

const limits = { fieldNameSize: 1 << 20, fieldSize: 1 << 20 };

/** Turns of the event loop after which a silent parser is given up. */
const turnsMax = 200;

/** The result for one body. */
class Collection {
  readonly handed: Handed[] = [];

  /** A field; for an unknown charset busboy passes undefined. */
  field(key: string | undefined, text: string | undefined): void {
    this.handed.push(name(key ?? ''), value(text ?? ''));
  }

  file(key: string | undefined, filename: string | undefined, stream: Readable): void {
    this.handed.push(name(key ?? ''), value(filename ?? ''));
    const parts: Buffer[] = [];
    stream.on('data', (bytes: Buffer) => parts.push(bytes)).on('error', () => {});
    stream.on('close', () => this.handed.push(content(Buffer.concat(parts))));
  }
}

/** Resolves when the parser has ended in any way. */
function settled(parser: NodeJS.EventEmitter): Promise<void> {
  return new Promise((resolve) => {
    parser.on('close', resolve).on('error', () => setImmediate(resolve));
    let turns = 0;
    const turn = (): void => {
      turns += 1;
      if (turns > turnsMax) resolve();
      else setImmediate(turn);
    };
    turn();
  });
}

async function readBusboy({ contentType, body }: OracleRequest, defParamCharset: string): Promise<Handed[]> {
  if (!/^\s*multipart\//i.test(contentType ?? '')) return [];
  const found = new Collection();
  try {
    const parser = busboy({ headers: { 'content-type': contentType }, limits, preservePath: true, defParamCharset });
    parser.on('field', (key, text) => found.field(key, text));
    parser.on('file', (key, stream, { filename }) => found.file(key, filename, stream));
    parser.end(Buffer.from(body));
    await settled(parser);
  } catch {
    return [];
  }
  return found.handed;
}

async function readFastifyBusboy({ contentType, body }: OracleRequest): Promise<Handed[]> {
  if (!/^multipart\/form-data/i.test(contentType ?? '')) return [];
  const found = new Collection();
  try {
    const parser = new FastifyBusboy({ headers: { 'content-type': contentType ?? '' }, limits, preservePath: true });
    parser.on('field', (key: string, text: unknown) => found.field(key, String(text ?? '')));
    parser.on('file', (key, stream, filename) => found.file(key, filename, stream));
    parser.end(Buffer.from(body));
    await settled(parser);
  } catch {
    return [];
  }
  return found.handed;
}

async function readFetch({ contentType, body }: OracleRequest): Promise<Handed[]> {
  if (!/^\s*multipart\/form-data/i.test(contentType ?? '')) return [];
  const found: Handed[] = [];
  try {
    const response = new Response(Buffer.from(body), { headers: { 'content-type': contentType ?? '' } });
    for (const [key, entry] of await response.formData()) {
      found.push(name(key));
      if (typeof entry === 'string') found.push(value(entry));
      else found.push(value(entry.name), content(new Uint8Array(await entry.arrayBuffer())));
    }
  } catch {
    return found;
  }
  return found;
}

/** All of them. */
export const multipartParsers: readonly Oracle[] = [
  { name: 'busboy', read: (request) => readBusboy(request, 'latin1') },
  { name: 'busboy, names in UTF-8', read: (request) => readBusboy(request, 'utf8') },
  { name: '@fastify/busboy', read: readFastifyBusboy },
  { name: 'fetch', read: readFetch },
];
