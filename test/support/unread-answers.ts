// A peer that sends and does not read what it is answered, over any session: what either transport does then.

import { once } from 'node:events';
import type { ClientHttp2Session } from 'node:http2';
import { expect } from 'vitest';
import type { OpenStream } from '../../src/ext-proc/transport.ts';
import { exchangeAndReset, frameOf, processPath } from './grpc-serving.ts';
import { until } from './until.ts';

const messageCount = 400;
const answer = Buffer.alloc(16 * 1024);

/** Limits under which it is served. */
export const unreadLimits = { unsentBytesMax: 16 * answer.length } as const;

/** A service that answers with much, and its peer. */
export class UnreadAnswers {
  #handled = 0;

  readonly handler: OpenStream = (replies) => ({
    message: (bytes) => {
      // Shorter ones are of the other streams.
      if (bytes.length > 1) this.#handled += 1;
      replies.reply(answer);
    },
    halfClose: () => replies.end(),
    close() {},
  });

  /** Sends without reading, which must stop the server from reading; then reads, which must make it go on. */
  async check(session: ClientHttp2Session): Promise<void> {
    const stream = session.request({ ':method': 'POST', ':path': processPath, 'content-type': 'application/grpc' });
    for (let sent = 0; sent < messageCount; sent += 1) stream.write(frameOf(Buffer.alloc(1024)));
    stream.end();
    // 64 KiB fit the window of the stream, 256 KiB may be unsent.
    await until('what may be unsent is', () => this.#handled >= 16);
    // Other streams of the connection are answered meanwhile: the server had time for more.
    for (let turn = 0; turn < 20; turn += 1) {
      expect(await exchangeAndReset(session, frameOf(Buffer.alloc(1)))).toBe(undefined);
    }
    expect(this.#handled, `of ${messageCount} that came, though no answer was read`).toBeLessThan(40);
    let answeredBytes = 0;
    stream.on('data', (bytes: Buffer) => {
      answeredBytes += bytes.length;
    });
    await once(stream, 'end');
    expect([this.#handled, answeredBytes]).toStrictEqual([messageCount, messageCount * (answer.length + 5)]);
    session.destroy();
  }
}
