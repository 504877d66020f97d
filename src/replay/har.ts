// HAR, as exported by browsers and proxies (HTTP Archive 1.2) → recorded exchanges. Its bodies are decoded text.

import type { HeaderList } from '../http/headers.ts';
import { framingHeaders, type Recording } from './recording.ts';

type Json = Readonly<Record<string, unknown>>;

/** Whether a JSON value is a HAR. */
export function isHar(value: unknown): boolean {
  return Array.isArray(objectOf(objectOf(value).log).entries);
}

/** Its exchanges, in order; invalid entries are skipped. @param file prefix of their names. */
export function readHar(value: unknown, file: string): readonly Recording[] {
  const { entries } = objectOf(objectOf(value).log);
  return (Array.isArray(entries) ? entries : []).flatMap((entry: unknown, index) => {
    const { request, response } = objectOf(entry);
    const recording = readEntry(objectOf(request), objectOf(response));
    return recording === undefined ? [] : [{ ...recording, name: `${file}#${index + 1}` }];
  });
}

function readEntry(request: Json, response: Json): Omit<Recording, 'name'> | undefined {
  const { method, url } = request;
  if (typeof method !== 'string' || typeof url !== 'string') return undefined;
  const missing: string[] = [];
  const body = requestBody(request, missing);
  const { status } = response;
  return {
    exchange: {
      request: {
        method,
        target: targetOf(url),
        protocol: 'HTTP/1.1',
        headers: [...headersOf(request, hostOf(url)), ...(body.length === 0 ? [] : [lengthOf(body)])],
        body,
        trailers: [],
      },
      response:
        typeof status !== 'number' || status < 100
          ? undefined
          : {
              status,
              protocol: 'HTTP/1.1',
              headers: headersOf(response),
              body: responseBody(response, missing),
              trailers: [],
            },
    },
    missing,
  };
}

/** The target as it was requested, without decoding or normalizing. */
function targetOf(url: string): string {
  const [, target = ''] = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*([^#]*)/i.exec(url) ?? [];
  return byteString(target.startsWith('/') ? target : `/${target}`);
}

function hostOf(url: string): string {
  return byteString(/^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(url)?.[1] ?? '');
}

function headersOf({ headers }: Json, host?: string): HeaderList {
  const list = (Array.isArray(headers) ? headers : []).flatMap((header: unknown) => {
    const { name, value } = objectOf(header);
    if (typeof name !== 'string' || typeof value !== 'string' || name.startsWith(':')) return [];
    const key = byteString(name).toLowerCase();
    return framingHeaders.has(key) ? [] : [{ name: key, value: byteString(value) }];
  });
  if (host === undefined || list.some(({ name }) => name === 'host')) return list;
  return [{ name: 'host', value: host }, ...list];
}

const lengthOf = (body: Uint8Array) => ({ name: 'content-length', value: String(body.length) });

function requestBody({ postData, bodySize }: Json, missing: string[]): Uint8Array {
  const { text, params } = objectOf(postData);
  if (typeof text === 'string' && text !== '') return Buffer.from(text, 'utf8');
  if (Array.isArray(params) && params.length > 0) {
    const pairs = params.map((param: unknown) => {
      const { name, value } = objectOf(param);
      return `${encoded(name)}=${encoded(value)}`;
    });
    return Buffer.from(pairs.join('&'));
  }
  if (typeof bodySize === 'number' && bodySize > 0) missing.push('the body of the request');
  return new Uint8Array();
}

function responseBody({ content }: Json, missing: string[]): Uint8Array {
  const { text, encoding, size } = objectOf(content);
  if (typeof text === 'string') return Buffer.from(text, encoding === 'base64' ? 'base64' : 'utf8');
  if (typeof size === 'number' && size > 0) missing.push('the body of the response');
  return new Uint8Array();
}

/** A text in form encoding. A lone surrogate, which JSON can contain, is not a character and has no escape. */
function encoded(value: unknown): string {
  const text = typeof value === 'object' ? '' : String(value ?? '');
  return encodeURIComponent(text.toWellFormed());
}

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function byteString(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
