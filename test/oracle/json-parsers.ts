// Parsers of JSON that Node applications use.

import { once } from 'node:events';
import bodyParser from 'body-parser';
import { parser as streamParser } from 'stream-json';
import { processorOf } from '../../src/body/select.ts';
import { type Handed, namePart, value } from './handed.ts';
import { nodeRequest } from './node-request.ts';
import type { OracleRequest } from './reading.ts';
import { handedOf } from './structure.ts';
import type { Oracle } from './trial.ts';

const utf8 = new TextDecoder();
const isLines = ({ contentType }: OracleRequest): boolean => /ndjson|jsonl|json-seq/.test(contentType ?? '');

/** `JSON.parse` of the whole body, whatever its type is. */
function readWhole(request: OracleRequest): Handed[] {
  return isLines(request) ? [] : parsed(utf8.decode(request.body));
}

/** `JSON.parse` line by line, up to the first line that is not JSON. */
function readLines(request: OracleRequest): Handed[] {
  if (!isLines(request)) return [];
  const found: Handed[] = [];
  for (const line of utf8.decode(request.body).replaceAll('\u001e', '\n').split('\n')) {
    if (line.trim() === '') continue;
    const handed = parsed(line);
    if (handed.length === 0) break;
    found.push(...handed);
  }
  return found;
}

function parsed(text: string): Handed[] {
  try {
    const whole: unknown = JSON.parse(text);
    return handedOf(whole);
  } catch {
    return [];
  }
}

function readBodyParser(request: OracleRequest, strict: boolean): Promise<Handed[]> {
  const incoming = nodeRequest(request) as ReturnType<typeof nodeRequest> & { body?: unknown };
  const parse = bodyParser.json({ limit: '10mb', strict });
  return new Promise((resolve) => {
    parse(incoming as never, {} as never, () => resolve(handedOf(incoming.body)));
  });
}

/** Every token, also of a body that proves to be malformed later; for bodies declared as JSON. */
async function readStream({ contentType, body }: OracleRequest): Promise<Handed[]> {
  if (processorOf([contentType ?? '']) !== 'JSON') return [];
  const found: Handed[] = [];
  const stream = streamParser.asStream({ jsonStreaming: true, streamValues: false });
  stream.on('data', ({ name, value: text }: { readonly name: string; readonly value?: unknown }) => {
    if (name === 'keyValue') found.push(namePart(String(text)));
    else if (name === 'stringValue') found.push(value(String(text)));
    else if (name === 'numberValue') found.push({ role: 'number', text: String(text) });
  });
  stream.on('error', () => {});
  stream.end(Buffer.from(body));
  await once(stream, 'close').catch(() => {});
  return found;
}

async function readFetch({ contentType, body }: OracleRequest): Promise<Handed[]> {
  if (isLines({ contentType, body })) return [];
  try {
    return handedOf(await new Response(Buffer.from(body)).json());
  } catch {
    return [];
  }
}

/** All of them. */
export const jsonParsers: readonly Oracle[] = [
  { name: 'JSON.parse', read: readWhole },
  { name: 'JSON.parse of lines', read: readLines },
  { name: 'body-parser', read: (request) => readBodyParser(request, true) },
  { name: 'body-parser, not strict', read: (request) => readBodyParser(request, false) },
  { name: 'stream-json', read: readStream },
  { name: 'fetch', read: readFetch },
];
