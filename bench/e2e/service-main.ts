// The service for machines without Go. Like go/service, `node service-main.ts FOLDER` reads bodies, responds with their length, and serves
// the folder's files from memory.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, extname, join } from 'node:path';
import { probeHeader } from './workload.ts';

const folder = process.argv[2] ?? '.';
const files = new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
const mediaTypes = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.txt', 'text/plain; charset=utf-8'],
]);
const text = { 'content-type': mediaTypes.get('.txt') };

function serveFile(response: ServerResponse, name: string, content: Buffer): void {
  const before = name.startsWith('download') ? files.get('fill') : undefined;
  const length = (before?.length ?? 0) + content.length;
  response.writeHead(200, { 'content-type': mediaTypes.get(extname(name)), 'content-length': length });
  if (before !== undefined) response.write(before);
  response.end(content);
}

function receive(request: IncomingMessage, response: ServerResponse): void {
  const hash = request.headers[probeHeader] === undefined ? undefined : createHash('sha256');
  let length = 0;
  request.on('error', () => undefined);
  request.on('data', (chunk: Buffer) => {
    length += chunk.length;
    hash?.update(chunk);
  });
  request.on('end', () => {
    const receipt = `received ${length}${hash === undefined ? '' : ` ${hash.digest('hex')}`}\n`;
    response.writeHead(200, { ...text, 'content-length': receipt.length });
    response.end(receipt);
  });
}

const server = createServer(
  { requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 600_000 },
  (request, response) => {
    const name = basename((request.url ?? '').replace(/\?.*/s, ''));
    const content = files.get(name);
    if (content === undefined) receive(request, response);
    else serveFile(response, name, content);
  },
);
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`);
});
