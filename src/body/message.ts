// A message inside a part of a multipart body: a request of a batch (`application/http`, OData 4.01 JSON §19) or a mail
// (`message/rfc822`). Its head is read, and its content decoded accordingly. Knows no delimiters.

import { foldAscii, toByteString, toBytes, trimHeaderSpace } from '../base/bytes.ts';
import { WafError } from '../base/errors.ts';
import type { Limits } from '../base/limits.ts';
import type { FieldSink } from '../http/field.ts';
import { parseRequestTarget } from '../http/request-target.ts';
import { PairReader } from '../http/urlencoded.ts';
import { openTransferDecoder, transferEncodingOf } from './coding/transfer-encoding.ts';
import type { Decoder } from './decoder.ts';

/** Whether a type (`type/subtype`, lower case) is a message type. */
export function isMessage(essence: string): boolean {
  return /^(?:application\/http|message\/(?:http|rfc822|global|news))$/.test(essence);
}

/** Options for reading a message. */
export interface MessageOptions {
  readonly sink: FieldSink;
  /** Opens the decoder for a type; `undefined` if the type has none. */
  readonly openTyped: (contentType: string, sink: FieldSink) => Decoder | undefined;
  readonly limits: Pick<Limits, 'multipartHeaderBytesMax' | 'fieldNameBytesMax'>;
}

const requestLine = /^[A-Za-z]{1,32} +(\S+)(?: +HTTP\/[\d.]+)?\s*$/;

/**
 * Reports the query arguments of a request line, and the fields of the content according to its Content-Type with the transfer
 * encoding removed; content of other types in such an encoding is reported as FILE_CONTENT. The rest of a message is seen as the
 * content of the part. Throws `body.limit` for a head above `multipartHeaderBytesMax`, and the errors of the content's decoder.
 */
export class MessageDecoder implements Decoder {
  readonly #options: MessageOptions;
  /** Lines of the head so far; `undefined` after the head. */
  #lines: string[] | undefined = [];
  #line = '';
  #headBytes = 0;
  #content: Decoder | undefined;

  constructor(options: MessageOptions) {
    this.#options = options;
  }

  get heldBytes(): number {
    return this.#lines === undefined ? (this.#content?.heldBytes ?? 0) : this.#headBytes;
  }

  write(chunk: Uint8Array): void {
    let offset = 0;
    while (this.#lines !== undefined && offset < chunk.length) offset = this.#readLine(chunk, offset);
    if (offset < chunk.length) this.#content?.write(chunk.subarray(offset));
  }

  end(): void {
    if (this.#lines !== undefined) {
      this.#lines.push(this.#line);
      this.#openContent(this.#lines);
    }
    this.#content?.end();
  }

  #readLine(chunk: Uint8Array, start: number): number {
    const feed = chunk.indexOf(0x0a, start);
    const end = feed === -1 ? chunk.length : feed + 1;
    this.#headBytes += end - start;
    const { multipartHeaderBytesMax } = this.#options.limits;
    if (this.#headBytes > multipartHeaderBytesMax) {
      throw new WafError('body.limit', `the head of a message in a part is over ${multipartHeaderBytesMax} bytes`);
    }
    this.#line += toByteString(chunk, start, end);
    if (feed === -1) return end;
    const lines = this.#lines as string[];
    const line = this.#line.replace(/\r?\n$/, '');
    this.#line = '';
    if (line !== '') {
      const last = lines.length - 1;
      if (/^[ \t]/.test(line) && last >= 0) lines[last] += ` ${line.trimStart()}`;
      else lines.push(line);
      return end;
    }
    // Empty lines before a request line are skipped (RFC 9112 §2.2).
    if (lines.length > 0) this.#openContent(lines);
    return end;
  }

  #openContent(lines: readonly string[]): void {
    this.#lines = undefined;
    const { sink, openTyped } = this.#options;
    const [, target] = requestLine.exec(lines[0] ?? '') ?? [];
    if (target !== undefined) this.#readTarget(target);
    const headerValue = (name: string): string => {
      const line = lines.find((one) => foldAscii(trimHeaderSpace(one.split(':', 1)[0] ?? '')) === name);
      return line === undefined ? '' : trimHeaderSpace(line.slice(line.indexOf(':') + 1));
    };
    const encoding = transferEncodingOf(headerValue('content-transfer-encoding'));
    const type = headerValue('content-type');
    const typed = type === '' ? undefined : openTyped(type, sink);
    this.#content = typed === undefined ? openEncoded(encoding, sink) : (openTransferDecoder(encoding, typed) ?? typed);
  }

  #readTarget(target: string): void {
    const { sink, limits } = this.#options;
    const reader = new PairReader(sink, { source: 'ARGS_POST', nameBytesMax: limits.fieldNameBytesMax });
    const query = toBytes(parseRequestTarget(target).query);
    if (query.length > 0) reader.write(query);
    reader.end();
  }
}

/** Content hidden by an encoding is reported. */
function openEncoded(encoding: string, sink: FieldSink): Decoder | undefined {
  const field: Decoder = {
    write: (bytes) => {
      if (bytes.length > 0) sink.write(bytes);
    },
    end: () => sink.end(),
    heldBytes: 0,
  };
  const decoder = openTransferDecoder(encoding, field);
  if (decoder !== undefined) sink.begin('FILE_CONTENT', '');
  return decoder;
}
