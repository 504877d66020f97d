// Bodies of any length, generated while they are sent: one of each kind that has a decoder of its own. The caller gives their end, so that
// an attack can be in their last bytes.

import { constants, crc32, deflateRawSync } from 'node:zlib';
import { createProse } from './text.ts';

/** A kind of body. */
export interface LongBodyKind {
  readonly name: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /**
   * A body of at least `bytes` bytes (decoded), in pieces.
   * @param end text at the end of a value: letters, digits, spaces, quotes and `<>()-;`.
   */
  readonly pieces: (bytes: number, end: string) => Generator<Uint8Array, void, undefined>;
}

const pieceBytes = 64 * 1024;

function* repeated(start: string, fill: string, end: string, bytes: number): Generator<Uint8Array, void, undefined> {
  const piece = Buffer.from(fill.repeat(Math.ceil(pieceBytes / fill.length)), 'latin1');
  yield Buffer.from(start, 'latin1');
  for (let sent = start.length; sent < bytes; sent += piece.length) yield piece;
  yield Buffer.from(end, 'latin1');
}

const prose = createProse(7, 10_000).replaceAll(/[^a-z ]/g, ' ');

function* form(bytes: number, end: string): Generator<Uint8Array, void, undefined> {
  yield* repeated('letter=', prose.replaceAll(' ', '+'), `&name=${encodeURIComponent(end)}`, bytes);
}

function* jsonText(bytes: number, end: string): Generator<Uint8Array, void, undefined> {
  yield* repeated('{"letter":"', prose, ` ${end}"}`, bytes);
}

function* jsonFields(bytes: number, end: string): Generator<Uint8Array, void, undefined> {
  const record = '{"id":48213,"name":"Ada Lovelace","active":true,"tags":["letter","engine"],"note":null},';
  yield* repeated('[', record, `{"name":"${end}"}]`, bytes);
}

function* file(bytes: number, end: string): Generator<Uint8Array, void, undefined> {
  const part = (name: string): string => `--b\r\nContent-Disposition: form-data; name=${name}\r\n\r\n`;
  const close = `\r\n${part('"name"')}${end}\r\n--b--\r\n`;
  yield* repeated(part('"upload"; filename="letters.txt"'), `${prose}\r\n`, close, bytes);
}

/** A field of a form, not a file. */
function* multipartField(bytes: number, end: string): Generator<Uint8Array, void, undefined> {
  const start = '--b\r\nContent-Disposition: form-data; name="letter"\r\n\r\n';
  yield* repeated(start, `${prose}\r\n`, `${end}\r\n--b--\r\n`, bytes);
}

function* ndjson(bytes: number, end: string): Generator<Uint8Array, void, undefined> {
  yield* repeated('', '{"id":48213,"name":"Ada Lovelace"}\n', `{"name":"${end}"}\n`, bytes);
}

function* xml(bytes: number, end: string): Generator<Uint8Array, void, undefined> {
  const escaped = end.replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  yield* repeated('<letters>', `<letter to="Ada">${prose}</letter>\n`, `<name>${escaped}</name></letters>`, bytes);
}

function* graphql(bytes: number, end: string): Generator<Uint8Array, void, undefined> {
  yield* repeated('mutation { send(letter: "', prose, `", name: "${end}") { id } }`, bytes);
}

/** Messages of one string. */
function* grpc(bytes: number, end: string): Generator<Uint8Array, void, undefined> {
  const message = (value: string): string =>
    `\0\0\0\0${String.fromCharCode(value.length + 2, 10, value.length)}${value}`;
  yield* repeated('', message(prose.slice(0, 100)), message(end), bytes);
}

function* text(bytes: number, end: string): Generator<Uint8Array, void, undefined> {
  yield* repeated('Dear Ada, ', prose, ` ${end}`, bytes);
}

function* utf16(bytes: number, end: string): Generator<Uint8Array, void, undefined> {
  const wide = new Map<Uint8Array, Buffer>();
  for (const piece of jsonText(bytes / 2, end)) {
    let one = wide.get(piece);
    if (one === undefined) {
      one = Buffer.from(Buffer.from(piece).toString('latin1'), 'utf16le');
      wide.set(piece, one);
    }
    yield one;
  }
}

/** gzip whose blocks are compressed once: repeated blocks without references to earlier ones, then the trailer. */
function* gzip(bytes: number, end: string): Generator<Uint8Array, void, undefined> {
  let checksum = 0;
  let length = 0;
  const flushed = new Map<Uint8Array, Buffer>();
  yield Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
  for (const piece of form(bytes, end)) {
    checksum = crc32(piece, checksum);
    length += piece.length;
    let block = flushed.get(piece);
    if (block === undefined) {
      block = deflateRawSync(piece, { finishFlush: constants.Z_FULL_FLUSH });
      flushed.set(piece, block);
    }
    yield block;
  }
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(checksum, 0);
  trailer.writeUInt32LE(length % 2 ** 32, 4);
  yield Buffer.concat([deflateRawSync(''), trailer]);
}

const type = (value: string): readonly [string, string] => ['content-type', value];
const formType = type('application/x-www-form-urlencoded');

/** Every kind. */
export const longBodyKinds: readonly LongBodyKind[] = [
  { name: 'form', headers: [formType], pieces: form },
  { name: 'JSON, one string', headers: [type('application/json')], pieces: jsonText },
  { name: 'JSON, many fields', headers: [type('application/json')], pieces: jsonFields },
  { name: 'multipart file', headers: [type('multipart/form-data; boundary=b')], pieces: file },
  { name: 'gzip of a form', headers: [formType, ['content-encoding', 'gzip']], pieces: gzip },
  { name: 'multipart field', headers: [type('multipart/form-data; boundary=b')], pieces: multipartField },
  { name: 'XML', headers: [type('application/xml')], pieces: xml },
  { name: 'text', headers: [type('text/plain')], pieces: text },
  { name: 'NDJSON', headers: [type('application/x-ndjson')], pieces: ndjson },
  { name: 'GraphQL', headers: [type('application/graphql')], pieces: graphql },
  { name: 'gRPC', headers: [type('application/grpc')], pieces: grpc },
  { name: 'UTF-16 JSON', headers: [type('application/json; charset=utf-16le')], pieces: utf16 },
];
