// Inputs of fuzz targets that are whole exchanges: a head of `name: value` lines (`:path` is the target), an empty line, the
// body. The body is the response's when the line `response: yes` is among them. Names of `:compress` are codings that the body is
// put into, one after the other, and `:framed: yes` makes a compressed gRPC message of the result.

import { brotliCompressSync, constants, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import type { Header } from '../../src/http/headers.ts';
import { firstValue } from '../../src/http/headers.ts';
import type { CutExchange } from '../support/cut-exchanges.ts';

/** The exchange of an input; every input has one. */
export function exchangeOf(input: Uint8Array): CutExchange {
  const end = Buffer.from(input).indexOf('\n\n');
  const lines = Buffer.from(input.subarray(0, Math.max(0, end)))
    .toString('latin1')
    .split('\n');
  const headers = lines.flatMap((line): Header[] => {
    const colon = line.indexOf(': ');
    return colon <= 0 ? [] : [{ name: line.slice(0, colon).toLowerCase(), value: line.slice(colon + 2) }];
  });
  const body = codedBody(end === -1 ? input : input.subarray(end + 2), headers);
  const isResponse = firstValue(headers, 'response') !== undefined;
  return {
    title: 'fuzz',
    method: isResponse ? 'GET' : 'POST',
    target: firstValue(headers, ':path') ?? '/',
    protocol: 'HTTP/1.1',
    headers: isResponse ? [] : headers,
    body: isResponse ? new Uint8Array(0) : body,
    ...(isResponse && { response: { status: 200, headers, body } }),
  };
}

const encoders = new Map<string, (bytes: Uint8Array) => Uint8Array>([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } })],
  ['zstd', zstdCompressSync],
]);

function codedBody(bytes: Uint8Array, headers: readonly Header[]): Uint8Array {
  const names = (firstValue(headers, ':compress') ?? '').split(',').map((name) => name.trim());
  const coded = names.slice(0, codingsMax).reduce((body, name) => encoders.get(name)?.(body) ?? body, bytes);
  if (firstValue(headers, ':framed') === undefined) return coded;
  const prefix = Buffer.alloc(5);
  prefix[0] = 1;
  prefix.writeUInt32BE(coded.length, 1);
  return Buffer.concat([prefix, coded]);
}

/** More than are decoded. */
const codingsMax = 4;

/**
 * An input with its repetitions written out: `<<text|N>>` is the text N times, `#` in it the number of the repetition. One
 * inside another is written out first. No longer than `bytesMax`: the rest is cut.
 */
export function writtenOut(input: Uint8Array, bytesMax: number): Uint8Array {
  let text = Buffer.from(input).toString('latin1');
  for (let depth = 0; depth < 4; depth += 1) {
    const inner = text.replace(/<<((?:(?!<<|>>)[\s\S])*)\|(\d{1,5})>>/g, (_, unit: string, count: string) =>
      repeated(unit, Number(count), bytesMax),
    );
    if (inner === text) break;
    text = inner.slice(0, bytesMax);
  }
  return Buffer.from(text.slice(0, bytesMax), 'latin1');
}

function repeated(unit: string, count: number, bytesMax: number): string {
  if (unit.length === 0) return '';
  if (!unit.includes('#')) return unit.repeat(Math.min(count, Math.ceil(bytesMax / unit.length)));
  let text = '';
  for (let n = 0; n < count && text.length < bytesMax; n += 1) text += unit.replaceAll('#', String(n));
  return text;
}
