// Bodies as applications send them, one kind for each decoder, all made of the same values, with what a decoder must report for them and
// the CRS rule that must find the attack in their twins.

import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import type { FieldSource } from '../../src/http/field.ts';
import type { HeaderList } from '../../src/http/headers.ts';
import { createRandom } from './random.ts';
import { createProse } from './text.ts';

/** What a decoder reports: fields and bytes of their values, by source. */
export type FieldTotals = Readonly<Partial<Record<FieldSource, { readonly fields: number; readonly bytes: number }>>>;

/** One body. */
export interface DecoderBody {
  readonly headers: HeaderList;
  readonly bytes: Buffer;
  /** Its length without content encodings. */
  readonly decodedBytes: number;
  readonly expected: FieldTotals;
}

/** One kind of body. */
export interface DecoderBodyKind {
  readonly name: string;
  /** The rule that finds `attack`. */
  readonly attackRuleId: number;
  readonly attack: string;
  /** A body whose fields have these values. */
  readonly make: (values: readonly string[]) => DecoderBody;
}

/** Seeded values of 15 to 200 letters and spaces, `bytes` in all, like those that people type. */
export function createValues(seed: number, bytes: number): readonly string[] {
  const random = createRandom(seed);
  const values: string[] = [];
  for (let total = 0; total < bytes; ) {
    // Without the last word, which is cut: `time` is a command that the CRS finds.
    const value = createProse(seed + values.length, 30 + random(170))
      .replaceAll(/[^a-z ]/g, '')
      .replace(/ [a-z]*$/, '')
      .trim();
    values.push(value);
    total += value.length;
  }
  return values;
}

const lengthOf = (values: readonly string[]): number => values.reduce((sum, value) => sum + value.length, 0);
const type = (value: string): HeaderList => [{ name: 'content-type', value }];
const sqli = "1' UNION SELECT password FROM users-- -";
/** The attack for bodies that are inspected as bytes: rules about SQL look only at fields. */
const java = 'java.lang.Runtime';

/** A body with one source, not encoded. */
function plain(contentType: string, text: string | Buffer, expected: FieldTotals): DecoderBody {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'latin1') : text;
  return { headers: type(contentType), bytes, decodedBytes: bytes.length, expected };
}

const argumentsOf = (values: readonly string[]): FieldTotals => ({
  ARGS_POST: { fields: values.length, bytes: lengthOf(values) },
});

const formType = 'application/x-www-form-urlencoded';
const formText = (values: readonly string[]): string =>
  values.map((value, n) => `field${n % 10}=${encodeURIComponent(value).replaceAll('%20', '+')}`).join('&');

const form = (values: readonly string[]): DecoderBody => plain(formType, formText(values), argumentsOf(values));

/** Values in records of eight. */
function recordsOf(values: readonly string[]): readonly Readonly<Record<string, string>>[] {
  const records: Record<string, string>[] = [];
  for (let from = 0; from < values.length; from += 8) {
    records.push(Object.fromEntries(values.slice(from, from + 8).map((value, n) => [`name${n}`, value])));
  }
  return records;
}

/** The length of the list is reported too, under the list's name. */
function json(values: readonly string[]): DecoderBody {
  const records = recordsOf(values);
  const expected = argumentsOf([...values, String(records.length)]);
  return plain('application/json', JSON.stringify({ records }), expected);
}

const ndjson = (values: readonly string[]): DecoderBody =>
  plain(
    'application/x-ndjson',
    recordsOf(values)
      .map((record) => `${JSON.stringify(record)}\n`)
      .join(''),
    argumentsOf(values),
  );

function xml(values: readonly string[]): DecoderBody {
  const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const elements = values.map((value, n) => `  <name${n % 10}>${escaped(value)}</name${n % 10}>\n`).join('');
  return plain('application/xml', `<records>\n${elements}</records>`, {
    XML_TEXT: { fields: values.length, bytes: lengthOf(values) },
  });
}

/** Half of it a file of lines, the rest fields. */
function multipart(values: readonly string[]): DecoderBody {
  const half = values.length >> 1;
  const content = values.slice(0, half).join('\r\n');
  const fields = values.slice(half);
  const head = (name: string, more = ''): string => `Content-Disposition: form-data; name="${name}"${more}`;
  const fileHeads = [head('upload', '; filename="letters.txt"'), 'Content-Type: text/plain'];
  const parts = [
    `${fileHeads.join('\r\n')}\r\n\r\n${content}`,
    ...fields.map((value, n) => `${head(`field${n % 10}`)}\r\n\r\n${value}`),
  ];
  const heads = [...fileHeads, ...fields.map((_, n) => head(`field${n % 10}`))];
  const boundary = '----WeirBoundary7MA4YWxkTrZu0gW';
  const text = `${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('')}--${boundary}--\r\n`;
  return plain(`multipart/form-data; boundary=${boundary}`, text, {
    ARGS_POST: { fields: fields.length, bytes: lengthOf(fields) },
    FILES: { fields: 1, bytes: 'letters.txt'.length },
    FILE_CONTENT: { fields: 1, bytes: content.length },
    MULTIPART_PART_HEADERS: { fields: heads.length, bytes: lengthOf(heads) },
  });
}

function graphql(values: readonly string[]): DecoderBody {
  const text = `query { ${values.map((value, n) => `a${n % 10}: customer(name: "${value}") { total }`).join(' ')} }`;
  return plain('application/graphql', text, { ARGS_POST: { fields: 1, bytes: text.length } });
}

/**
 * Messages of eight strings each. Some words could be messages themselves and would be reported as both; none does that begins with
 * `Order`.
 */
function grpc(words: readonly string[]): DecoderBody {
  const values = words.map((word) => `Order ${word}`);
  const messages = recordsOf(values).map((record) => {
    const fields = Object.values(record).map((value, n) => {
      const head = value.length < 128 ? [value.length] : [(value.length & 127) | 128, value.length >> 7];
      return Buffer.concat([Buffer.from([((n + 1) << 3) | 2, ...head]), Buffer.from(value)]);
    });
    const message = Buffer.concat(fields);
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(message.length, 1);
    return Buffer.concat([prefix, message]);
  });
  return plain('application/grpc', Buffer.concat(messages), argumentsOf(values));
}

/** No decoder reads it. */
const text = (values: readonly string[]): DecoderBody => plain('text/plain', values.join('\n'), {});

/** Another body in a content encoding. */
function coded(coding: string, compress: (bytes: Buffer) => Buffer): DecoderBodyKind['make'] {
  return (values) => {
    const body = json(values);
    return {
      ...body,
      headers: [...body.headers, { name: 'content-encoding', value: coding }],
      bytes: compress(body.bytes),
    };
  };
}

function utf16(values: readonly string[]): DecoderBody {
  const body = json(values);
  return {
    ...body,
    headers: [{ name: 'content-type', value: 'application/json; charset=utf-16le' }],
    bytes: Buffer.from(body.bytes.toString('latin1'), 'utf16le'),
  };
}

const inField = { attack: sqli, attackRuleId: 942100 };

/** Every kind. */
export const decoderBodyKinds: readonly DecoderBodyKind[] = [
  { name: 'form', ...inField, make: form },
  { name: 'JSON', ...inField, make: json },
  { name: 'NDJSON', ...inField, make: ndjson },
  { name: 'XML', ...inField, make: xml },
  { name: 'multipart', ...inField, make: multipart },
  { name: 'GraphQL', attack: sqli, attackRuleId: 942190, make: graphql },
  { name: 'gRPC', ...inField, make: grpc },
  { name: 'text', attack: java, attackRuleId: 944100, make: text },
  { name: 'gzip of JSON', ...inField, make: coded('gzip', gzipSync) },
  { name: 'deflate of JSON', ...inField, make: coded('deflate', deflateSync) },
  { name: 'br of JSON', ...inField, make: coded('br', brotliCompressSync) },
  { name: 'zstd of JSON', ...inField, make: coded('zstd', zstdCompressSync) },
  { name: 'UTF-16 JSON', ...inField, make: utf16 },
];
