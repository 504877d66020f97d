// Through Envoy's default configuration, in large numbers: every request gets the right response.

import { spawn } from 'node:child_process';
import { type ClientHttp2Session, connect } from 'node:http2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Front, harmlessBody } from '../support/exchange-front.ts';

/** h2load's report of a run. */
interface Load {
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly byStatus: readonly number[];
}

/** Runs h2load (nghttp2). Undefined when it is not installed. */
function h2load(args: readonly string[]): Promise<Load | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn('h2load', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (bytes: Buffer) => {
      output += bytes.toString();
    });
    child.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ENOENT' ? resolve(undefined) : reject(error),
    );
    child.once('close', () => {
      const requests = /requests: (\d+) total, \d+ started, \d+ done, (\d+) succeeded, (\d+) failed/.exec(output);
      const statuses = /status codes: (\d+) 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx/.exec(output);
      if (requests === null || statuses === null) reject(new Error(`h2load said: ${output}`));
      else {
        const [, total, succeeded, failed] = requests.map(Number) as [number, number, number, number];
        resolve({ total, succeeded, failed, byStatus: statuses.slice(1).map(Number) });
      }
    });
  });
}

/** The same with our own client, for machines without h2load. */
async function ownLoad(port: number, path: string, count: number): Promise<Load> {
  const sessions = Array.from({ length: 10 }, () => connect(`http://127.0.0.1:${port}`));
  const byStatus = [0, 0, 0, 0];
  let failed = 0;
  let started = 0;
  const work = async (session: ClientHttp2Session): Promise<void> => {
    while (started < count) {
      started += 1;
      const status = await statusOf(session, path);
      if (status === 0) failed += 1;
      else byStatus[Math.floor(status / 100) - 2] = (byStatus[Math.floor(status / 100) - 2] ?? 0) + 1;
    }
  };
  await Promise.all(sessions.flatMap((session) => Array.from({ length: 10 }, () => work(session))));
  for (const session of sessions) session.destroy();
  return { total: count, succeeded: count - failed, failed, byStatus };
}

function statusOf(session: ClientHttp2Session, path: string): Promise<number> {
  return new Promise((resolve) => {
    const stream = session.request({ ':path': path });
    let status = 0;
    stream.on('response', (headers) => {
      status = headers[':status'] ?? 0;
    });
    stream.on('error', () => resolve(0));
    stream.on('close', () => resolve(status));
    stream.resume();
    stream.end();
  });
}

describe('load', () => {
  let front: Front;
  beforeAll(async () => {
    // However slow the machine is: overload has its own test.
    front = await Front.start({ mode: 'streamed', weir: { args: ['--limit', 'admissionWaitMsMax=100000'] } });
  });
  afterAll(() => front.stop());

  it('of 50,000 requests gets 50,000 times 200: Envoy’s resets are not counted as abuse', async () => {
    const count = 50_000;
    const port = front.envoy.frontPort;
    const load =
      (await h2load(['-n', `${count}`, '-c', '20', '-m', '10', `http://127.0.0.1:${port}/list?page=2&sort=name`])) ??
      (await ownLoad(port, '/list?page=2&sort=name', count));
    expect(load).toStrictEqual({ total: count, succeeded: count, failed: 0, byStatus: [count, 0, 0, 0] });
    const stats = await front.envoy.stats(
      /http\.front\.ext_proc\.(streams_failed|spurious_msgs_received|message_timeouts)$/,
    );
    expect([...stats.values()]).toStrictEqual([0, 0, 0]);
  });

  it('of 5,000 attacks gets 5,000 times 403', async () => {
    const load = await ownLoad(
      front.envoy.frontPort,
      `/?q=${encodeURIComponent("1' UNION SELECT a FROM b-- ")}`,
      5_000,
    );
    expect(load.byStatus).toStrictEqual([0, 0, 5_000, 0]);
  });

  it('of 1,000 requests at once loses none, and each gets its own response', async () => {
    const sessions = Array.from({ length: 10 }, () => connect(`http://127.0.0.1:${front.envoy.frontPort}`));
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, async (_, index) => {
        const session = sessions[index % sessions.length] as ClientHttp2Session;
        return { index, body: await describedBytes(session, index) };
      }),
    );
    for (const { index, body } of answers) expect(body, `request ${index}`).toBe(index * 10);
    for (const session of sessions) session.destroy();
  });
});

/** Posts `index` × 10 bytes; the upstream reports how many it got. */
function describedBytes(session: ClientHttp2Session, index: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':method': 'POST', ':path': '/', 'content-type': 'text/plain' });
    let text = '';
    stream.setEncoding('utf8');
    stream.on('data', (part: string) => {
      text += part;
    });
    stream.on('error', reject);
    stream.on('end', () => resolve((JSON.parse(text) as { readonly bodyBytes: number }).bodyBytes));
    stream.end(harmlessBody(index * 10));
  });
}
