import { once } from 'node:events';
import { type ClientHttp2Session, connect, createServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { EmptyStreams } from '../../src/ext-proc/empty-streams.ts';
import { FakeClock } from '../support/fake-clock.ts';

const server = createServer();
server.listen(0, '127.0.0.1');
await once(server, 'listening');
afterAll(() => server.close());

/** Both ends of a new connection. */
async function connection(): Promise<{ readonly ours: ServerHttp2Session; readonly peers: ClientHttp2Session }> {
  const peers = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  peers.on('error', () => {});
  const [ours] = (await once(server, 'session')) as [ServerHttp2Session];
  return { ours, peers };
}

describe('EmptyStreams', () => {
  it('ends the connection that has too many, and no other', async () => {
    const streams = new EmptyStreams({ emptyStreamBurst: 3, emptyStreamRate: 1 });
    const [one, other] = [await connection(), await connection()];
    const goaway = once(one.peers, 'goaway');
    for (let count = 0; count < 3; count += 1) {
      streams.ended(one.ours);
      streams.ended(other.ours);
    }
    expect(one.ours.destroyed).toBe(false);
    streams.ended(one.ours);
    expect([one.ours.destroyed, other.ours.destroyed]).toStrictEqual([true, false]);
    expect((await goaway)[0], 'ENHANCE_YOUR_CALM').toBe(11);
    streams.ended(one.ours);
    streams.ended(undefined);
    other.peers.destroy();
  });

  it('allows more with time', async (context) => {
    const { ours, peers } = await connection();
    const clock = new FakeClock(context);
    const streams = new EmptyStreams({ emptyStreamBurst: 3, emptyStreamRate: 2 });
    for (let count = 0; count < 3; count += 1) streams.ended(ours);
    for (let count = 0; count < 100; count += 1) {
      clock.advance(500);
      streams.ended(ours);
    }
    expect(ours.destroyed).toBe(false);
    streams.ended(ours);
    expect(ours.destroyed).toBe(true);
    peers.destroy();
  });
});
