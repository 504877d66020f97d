// The line format in which an exchange reaches a reference engine that is not written in TypeScript:
// method, target, protocol, header count, names and values, body length, body; then the response status
// and the same again. One thing a line, bodies followed by one newline.

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
