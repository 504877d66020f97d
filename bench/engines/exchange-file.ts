// The line format in which reference engines that are not written in TypeScript read an exchange: method, target, protocol, header count,
// names and values, body length, body; then the response's status and the same again. One item per line; a newline follows each body.

import type { Exchange, Header } from '../case.ts';

function headerLines(headers: readonly Header[]): readonly string[] {
  return [String(headers.length), ...headers.flat()];
}

/** Serialises an exchange. */
export function toExchangeFile(exchange: Exchange): Buffer {
  const head = [exchange.method, exchange.target, exchange.protocol, ...headerLines(exchange.headers)];
  const parts = [`${head.join('\n')}\n${exchange.body.length}\n`, exchange.body, '\n'];
  const response = exchange.response;
  parts.push(
    `${response.status}\n${headerLines(response.headers).join('\n')}\n${response.body.length}\n`,
    response.body,
    '\n',
  );
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));
}
