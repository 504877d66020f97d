// A client of the admin address, over HTTP/1.1, as probes and Prometheus are.

import { type IncomingHttpHeaders, request } from 'node:http';
import { type RequestOptions, request as requestByTls } from 'node:https';
import { parseListenAddress } from '../../src/ext-proc/listen-address.ts';

/** How to send the request. */
export interface AdminQuestion {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** With HTTPS and these options. */
  readonly tls?: Pick<RequestOptions, 'ca' | 'cert' | 'key' | 'servername'>;
}

/** The response. */
export interface AdminReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Requests `path` from `address`. Rejects with the socket's error. */
export function askAdmin(address: string, path: string, question: AdminQuestion = {}): Promise<AdminReply> {
  const parsed = parseListenAddress(address);
  const where = parsed.kind === 'unix' ? { socketPath: parsed.path } : { host: parsed.host, port: parsed.port };
  const { method = 'GET', headers = {}, body, tls } = question;
  const options = { ...where, path, method, headers: { ...headers }, agent: false, ...tls };
  return new Promise((resolve, reject) => {
    const asked = (tls === undefined ? request : requestByTls)(options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    asked.on('error', reject);
    asked.end(body);
  });
}
