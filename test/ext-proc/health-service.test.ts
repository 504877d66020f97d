import { status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { type HealthReplies, HealthService } from '../../src/ext-proc/health-service.ts';

/** A stream that records what it receives: bytes of replies, and how it ended. */
function listening(): HealthReplies & { readonly told: unknown[] } {
  const told: unknown[] = [];
  return { told, reply: (message) => void told.push([...message]), endWith: (code) => void told.push(code) };
}

const question = (name: string): Buffer => Buffer.concat([Buffer.from([0x0a, name.length]), Buffer.from(name)]);
const [serving, notServing, unknown] = [1, 2, 3].map((code) => [0x08, code]);

describe('HealthService', () => {
  const service = (): HealthService => new HealthService(['', 'known']);

  it('answers one request, and ends', async () => {
    const cases: readonly (readonly [string, readonly Uint8Array[], readonly unknown[]])[] = [
      ['the server', [Buffer.alloc(0)], [serving, status.OK]],
      ['the server, written out', [question('')], [serving, status.OK]],
      ['a service', [question('known')], [serving, status.OK]],
      ['another', [question('other')], [status.NOT_FOUND]],
      ['no message', [], [status.INVALID_ARGUMENT]],
      ['another field', [Buffer.from([0x12, 0])], [status.INVALID_ARGUMENT]],
      ['a name cut short', [Buffer.from([0x0a, 5, 1])], [status.INVALID_ARGUMENT]],
      ['a tag alone', [Buffer.from([0x0a])], [status.INVALID_ARGUMENT]],
    ];
    for (const [what, messages, told] of cases) {
      const replies = listening();
      const handler = service().check(replies);
      for (const message of messages) await handler.message(message);
      await handler.halfClose();
      expect(replies.told, what).toStrictEqual(told);
    }
  });

  it('rejects a second request', async () => {
    const replies = listening();
    const handler = service().check(replies);
    for (let count = 0; count < 2; count += 1) await handler.message(question(''));
    expect(replies.told).toStrictEqual([status.UNIMPLEMENTED]);
  });

  it('notifies watchers of each change, until they leave or it ends', async () => {
    const health = service();
    const [leaving, staying, stranger] = [listening(), listening(), listening()];
    const handlers = [leaving, staying, stranger].map((replies) => health.watch(replies));
    for (const [index, handler] of handlers.entries()) {
      await handler.message(question(index < 2 ? 'known' : 'other'));
      await handler.halfClose();
    }
    health.set('SERVING');
    health.set('NOT_SERVING');
    handlers[0]?.close(true);
    health.set('SERVING');
    health.close();
    health.set('NOT_SERVING');
    expect(leaving.told).toStrictEqual([serving, notServing]);
    expect(staying.told).toStrictEqual([serving, notServing, serving, status.UNAVAILABLE]);
    expect(stranger.told).toStrictEqual([unknown, status.UNAVAILABLE]);
  });
});
