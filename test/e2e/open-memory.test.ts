// Through a real Envoy, with a small heap for Weir: many requests whose heads or bodies make Weir store much, and that are left
// open. The process survives, those without room are refused by policy, and others are served.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Front } from '../support/exchange-front.ts';
import { until } from '../support/until.ts';

/** Each argument and cookie is matched, or compared with something that is not known in advance. */
const rules = `
SecRuleEngine On
SecRequestBodyAccess On
SecRule ARGS|REQUEST_COOKIES|REQUEST_HEADERS "@rx x" "id:1,phase:2,pass,nolog"
SecRule ARGS|REQUEST_COOKIES|REQUEST_HEADERS "@rx y" "id:2,phase:2,pass,nolog"
SecRule ARGS|REQUEST_COOKIES|REQUEST_HEADERS "@rx z" "id:3,phase:2,pass,nolog"
SecRule REQUEST_COOKIES_NAMES:/^n/ "@streq %{TX.none}" "id:4,phase:2,pass,nolog"
`;

const connections = 70;
const chunk = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes]);
const pairs = (count: number, pair: string, separator: string): string => Array(count).fill(pair).join(separator);
/** Ends within its last block: the window stays. */
const window = zstdCompressSync(Buffer.alloc(900_000, 'a window of a coding ')).subarray(0, -1);

interface OpenRequest {
  readonly target?: string;
  readonly headers?: string;
  readonly body?: Buffer;
  /** Whether there is room for all of them. */
  readonly fits: boolean;
}

const requests: readonly (readonly [string, OpenRequest])[] = [
  ['arguments that no rule asks for', { target: `/?${pairs(18_000, 'a=', '&')}`, fits: true }],
  ['cookies that no rule asks for', { headers: `cookie: ${pairs(18_000, 'a=', ';')}\r\n`, fits: true }],
  ['arguments in which much is found', { target: `/?${pairs(6_000, 'b=xyz', '&')}`, fits: false }],
  ['cookies in which much is found', { headers: `cookie: ${pairs(6_000, 'b=xyz', ';')}\r\n`, fits: false }],
  ['cookies whose names are compared', { headers: `cookie: ${pairs(9_000, 'n=', ';')}\r\n`, fits: false }],
  ['windows of a content coding', { headers: 'content-encoding: zstd\r\n', body: window, fits: false }],
];

/** A client that leaves its request open. */
class OpenClient {
  readonly id: string;
  readonly #socket: Socket;
  answer = '';

  constructor(port: number, id: string, { target = '/', headers = '', body }: OpenRequest) {
    this.id = id;
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (text: string) => {
      this.answer += text;
    });
    this.#socket.on('error', () => undefined);
    const type = 'content-type: application/x-www-form-urlencoded\r\n';
    const head = `POST ${target} HTTP/1.1\r\nhost: shop.example\r\nx-exchange: ${id}\r\n${type}${headers}`;
    this.#socket.write(`${head}transfer-encoding: chunked\r\n\r\n`);
    if (body !== undefined) this.#socket.write(chunk(body));
  }

  close(): void {
    this.#socket.destroy();
  }
}

describe('many requests that are left open', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-open-memory-'));
  let front: Front;
  beforeAll(async () => {
    const file = join(folder, 'rules.conf');
    writeFileSync(file, rules);
    const environment = { NODE_OPTIONS: '--max-old-space-size=128' };
    // Requests are refused only for lack of memory, however busy the machine is.
    const args = ['--hold-time', '500', '--limit', 'admissionWaitMsMax=60000'];
    front = await Front.start({ mode: 'streamed', weir: { rules: [file], args, environment } });
  });
  afterAll(async () => {
    await front.stop();
    rmSync(folder, { recursive: true });
  });

  for (const [name, request] of requests) {
    it(`do not end the process, and others are served: ${name}`, async () => {
      const ids = Array.from({ length: connections }, (_, at) => `${name.replaceAll(' ', '-')}-${at}`);
      const clients = ids.map((id) => new OpenClient(front.envoy.frontPort, id, request));
      try {
        const isDone = ({ id, answer }: OpenClient): boolean =>
          answer.includes('\r\n\r\n') || front.upstream.arrivals.find(id) !== undefined;
        await until('each is refused, or has reached the service', () => clients.every(isDone));
        const refused = clients.filter(({ answer }) => answer !== '');
        for (const { answer } of refused) expect(answer).toMatch(/^HTTP\/1\.1 503 .*\r\nretry-after: 1\r\n/is);
        expect(refused.length < connections, `${refused.length} refused`).toBe(true);
        expect(refused.length > 0, `${refused.length} refused`).toBe(!request.fits);
        expect((await front.exchange({})).answer.status, 'a light request meanwhile').toBe(200);
      } finally {
        for (const client of clients) client.close();
      }
      await until('all were given up', async () => (await front.openAtWeir()) === 0);
    });
  }
});
