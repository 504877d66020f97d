// Through the real Envoy, when things go wrong: Weir dies, senders stall, proxies and clients disconnect. Nothing passes
// uninspected, and nothing hangs.

import { existsSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { Arrival } from '../../demo/stack/arrivals.ts';
import type { Request } from '../../demo/stack/client.ts';
import { endlessHold, Front, harmlessBody, protocols } from '../support/exchange-front.ts';
import { until } from '../support/until.ts';

const text = [['content-type', 'text/plain']] as const;
const form = [['content-type', 'application/x-www-form-urlencoded']] as const;

/** A body that waits for a promise in the middle. */
async function* interrupted(bytes: number, middle: () => Promise<void>): AsyncGenerator<Uint8Array> {
  yield harmlessBody(bytes);
  await middle();
  yield harmlessBody(bytes);
}

describe('killing Weir in the middle of a body', () => {
  for (const mode of ['streamed', 'streamed-wait', 'full-duplex'] as const) {
    it(`gives the client an error, never a pass (${mode})`, async () => {
      for (const protocol of protocols) {
        const front = await Front.start({ mode });
        try {
          const { answer, arrival } = await front.exchange(
            {
              method: 'POST',
              headers: text,
              body: interrupted(5_000, async () => {
                await front.weirHasRead(2);
                front.weir.process.signal('SIGKILL');
                await front.weir.process.ended;
              }),
            },
            { protocol },
          );
          expect(answer.status >= 500 || answer.status === 0, `${protocol}: status ${answer.status}`).toBe(true);
          expect(arrival?.state, `${protocol}: the request reached the service whole`).not.toBe('complete');
          const next = await front.exchange({}, { protocol });
          expect(next.answer.status, `${protocol}: without Weir nothing passes`).toBeGreaterThanOrEqual(500);
          expect(next.arrival).toBe(undefined);
        } finally {
          await front.stop();
        }
      }
    });
  }
});

describe('a sender that stalls', () => {
  /** An attack whose sender waits in the middle. */
  const attack = (id: string, middle: () => Promise<void>): Request => ({
    method: 'POST',
    headers: [...form, ['x-exchange', id]],
    body: (async function* () {
      yield Buffer.from("q=1' UNION SEL");
      await middle();
      yield Buffer.from('ECT password FROM users-- ');
    })(),
  });

  for (const protocol of protocols) {
    it(`does not reach the service within the hold time (${protocol})`, async () => {
      const front = await Front.start({ mode: 'streamed', weir: endlessHold });
      try {
        let early: Arrival | undefined;
        const middle = async (): Promise<void> => {
          await front.weirHasRead(2);
          await front.shortHoldPasses();
          early = front.upstream.arrivals.find('stalled');
        };
        const { answer, arrival } = await front.exchange(attack('stalled', middle), { protocol });
        expect(answer.status).toBe(403);
        expect([early, arrival]).toStrictEqual([undefined, undefined]);
      } finally {
        await front.stop();
      }
    });

    it(`gets its head released after the hold time, and is blocked for what it sends later (${protocol})`, async () => {
      const front = await Front.start({ mode: 'streamed', weir: { args: ['--hold-time', '100'] } });
      try {
        const isContacted = (): boolean => front.upstream.arrivals.find('stalled') !== undefined;
        const middle = async (): Promise<void> => void (await until('the service is contacted', isContacted));
        const { answer, arrival } = await front.exchange(attack('stalled', middle), { protocol });
        expect(answer.status).toBe(403);
        expect("q=1' UNION SEL".startsWith(arrival?.tail ?? ''), `${arrival?.tail} reached the service`).toBe(true);
        expect(arrival?.state).toBe('cut');
      } finally {
        await front.stop();
      }
    });
  }

  it('does not make others wait', async () => {
    const front = await Front.start({ mode: 'streamed', weir: endlessHold });
    try {
      const stalled = Array.from({ length: 50 }, () => {
        const socket = connect({ port: front.envoy.frontPort, host: '127.0.0.1' });
        socket.on('error', () => {});
        socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\nhalf');
        return socket;
      });
      await until('Weir has them all', async () => (await front.openAtWeir()) === stalled.length);
      const { answer } = await front.exchange({ method: 'POST', headers: text, body: [harmlessBody(1000)] });
      expect(answer.status).toBe(200);
      expect(await front.openAtWeir(), 'they still wait').toBeGreaterThanOrEqual(stalled.length);
      for (const socket of stalled) socket.destroy();
    } finally {
      await front.stop();
    }
  });
});

describe('a client that disconnects', () => {
  it('leaves nothing behind, also after its body began to flow', async () => {
    const front = await Front.start({ mode: 'streamed-wait', weir: { args: ['--hold-time', '100'] } });
    try {
      const socket = connect({ port: front.envoy.frontPort, host: '127.0.0.1' });
      const head = [
        'POST / HTTP/1.1',
        'host: a',
        'content-type: text/plain',
        'content-length: 1000',
        'x-exchange: half',
      ];
      socket.write(`${head.join('\r\n')}\r\n\r\nhalf`);
      await until('its body flows', () => front.upstream.arrivals.find('half')?.bodyBytes === 4);
      expect(await front.openAtWeir()).toBe(1);
      socket.destroy();
      await until('its stream is gone', async () => (await front.openAtWeir()) === 0);
      expect((await front.exchange({})).answer.status).toBe(200);
    } finally {
      await front.stop();
    }
  });
});

describe('SIGTERM', () => {
  it('lets the open exchange end', async () => {
    const front = await Front.start({ mode: 'streamed' });
    try {
      let how: Promise<string> | undefined;
      const { address } = front.weir;
      expect.assert('socket' in address);
      const { answer, arrival } = await front.exchange({
        method: 'POST',
        headers: text,
        body: interrupted(5_000, async () => {
          await front.weirHasRead(2);
          how = front.weir.process.stop();
          await until('Weir takes no more connections', () => !existsSync(address.socket));
        }),
      });
      expect(answer.status).toBe(200);
      expect(arrival?.bodyBytes).toBe(10_000);
      expect((await how) ?? '').toMatch(/ended with status 0/);
    } finally {
      await front.stop();
    }
  });
});

describe('an upgrade', () => {
  it('that does not take place, with an attack in its body, is blocked', async () => {
    const front = await Front.start({ mode: 'streamed' });
    try {
      const { answer, arrival } = await front.exchange({
        method: 'POST',
        headers: [['connection', 'upgrade'], ['upgrade', 'websocket'], ...form],
        body: [Buffer.from("q=1' UNION SELECT password FROM users-- ")],
      });
      expect(answer.status).not.toBe(200);
      expect(arrival?.bodyBytes ?? 0).toBe(0);
    } finally {
      await front.stop();
    }
  });
});

describe('a connection that is cut', () => {
  it('leaves none of its exchanges behind', async () => {
    const front = await Front.start({ mode: 'streamed' });
    try {
      const session = connectHttp2(`http://127.0.0.1:${front.envoy.frontPort}`);
      session.on('error', () => {});
      for (let count = 0; count < 100; count += 1) {
        const stream = session.request({ ':method': 'POST', ':path': '/', 'content-type': 'text/plain' });
        stream.on('error', () => {});
        stream.write(harmlessBody(1000));
      }
      await until('Weir has them all', async () => (await front.openAtWeir()) === 100);
      session.destroy();
      await until('they are gone', async () => (await front.openAtWeir()) === 0);
      expect((await front.exchange({})).answer.status).toBe(200);
    } finally {
      await front.stop();
    }
  });
});
