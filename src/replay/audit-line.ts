// A line of Weir's audit log → the head of a request, as far as the line contains it: target, host and client; other headers and
// bodies are not logged.

import type { Recording } from './recording.ts';

/** Whether a JSON value is an audit line of an exchange with a request. */
export function isAuditLine(value: unknown): value is Readonly<Record<string, unknown>> {
  const line = (value ?? {}) as Readonly<Record<string, unknown>>;
  return line.event === 'exchange' && typeof line.method === 'string' && typeof line.target === 'string';
}

/** The exchange of a line. */
export function readAuditLine(line: Readonly<Record<string, unknown>>): Recording {
  const target = textOf(line.target);
  const host = textOf(line.host);
  const missing = ['headers other than Host'];
  // Traces of redaction and truncation (docs/audit-log.md).
  if (/\[(?:\d+ bytes|[a-z][a-z ]*)\]|\.\.\.$/.test(target)) missing.push('values of the query');
  if (Number(line.requestBytes) > 0) missing.push('the body of the request');
  return {
    name: textOf(line.requestId),
    exchange: {
      client: typeof line.client === 'string' && line.client !== '' ? line.client : undefined,
      request: {
        method: textOf(line.method),
        target,
        protocol: textOf(line.protocol) || 'HTTP/1.1',
        headers: host === '' ? [] : [{ name: 'host', value: host }],
        body: new Uint8Array(),
        trailers: [],
      },
    },
    missing,
  };
}

/** The byte string of the log's printable ASCII: `\xHH` is a byte. */
function textOf(value: unknown): string {
  if (typeof value !== 'string') return '';
  return value.replace(/\\x([0-9a-fA-F]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}
