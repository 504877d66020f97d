// Benign traffic through a real Envoy: in every body mode, over HTTP/1.1 and HTTP/2, every byte arrives as it was sent,
// at the upstream and at the client.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { HeaderPairs } from '../../demo/stack/arrivals.ts';
import { longBody, send } from '../../demo/stack/client.ts';
import type { BodyMode } from '../../demo/stack/envoy-config.ts';
import { Front, inspectingModes } from '../support/front.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

const headers: HeaderPairs = [
  ['host', 'shop.example'],
  ['user-agent', 'Mozilla/5.0'],
  ['accept', '*/*'],
];
const text: HeaderPairs = [...headers, ['content-type', 'text/plain']];

/** What Envoy's buffering modes refuse by themselves: an HTTP/1.1 body above per_connection_buffer_limit_bytes. */
const isTooLargeToBuffer = (mode: BodyMode, protocol: 'http1' | 'http2', bytes: number): boolean =>
  mode === 'buffered' && protocol === 'http1' && bytes > MiB;

const bodyOf = (bytes: number): Uint8Array[] => [
  ...longBody(bytes, { fill: 'It is a truth universally acknowledged. ' }),
];

function sha256(pieces: Iterable<Uint8Array>): string {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}

describe('benign traffic', () => {
  let front: Front;
  before(async () => {
    front = await Front.start();
  });
  after(() => front.stop());

  for (const mode of [...inspectingModes, 'none'] as const) {
    for (const protocol of ['http1', 'http2'] as const) {
      const to = async (): Promise<{ port: number; protocol: 'http1' | 'http2'; timeoutMs: number }> => {
        const envoy = await front.envoy({ requestMode: mode, upstreamProtocol: 'http2' });
        return { port: envoy.frontPort, protocol, timeoutMs: 20_000 };
      };

      describe(`${mode}, ${protocol}`, () => {
        for (const bytes of [0, 1, 64 * KiB, 5 * MiB]) {
          for (const framing of ['chunked', 'length', 'trailers'] as const) {
            it(`carries a request body of ${bytes} bytes, ${framing}`, async () => {
              const id = front.nextExchange();
              const body = bodyOf(bytes);
              const answer = await send(
                {
                  method: 'POST',
                  path: '/letters',
                  headers: [...text, ['x-exchange', id]],
                  body,
                  ...(framing === 'length' ? { lengthBytes: bytes } : {}),
                  ...(framing === 'trailers' ? { trailers: [['x-checksum', '17']] } : {}),
                },
                await to(),
              );
              if (isTooLargeToBuffer(mode, protocol, bytes)) {
                assert.equal(answer.status, 413, 'Envoy refuses what it cannot buffer');
                return;
              }
              const arrival = front.upstream.arrivals.find(id);
              assert.deepEqual([answer.status, answer.end], [200, 'complete'], answer.body);
              assert.deepEqual(
                [arrival?.state, arrival?.bodyBytes, arrival?.sha256],
                ['complete', bytes, sha256(body)],
              );
              if (framing === 'trailers') assert.deepEqual(arrival?.trailers, [['x-checksum', '17']]);
            });
          }

          it(`carries a response body of ${bytes} bytes`, async () => {
            const piece = 'It was the best of times, it was the worst of times. 0123456789 ';
            const order = {
              headers: { 'content-type': 'text/html' },
              body: piece,
              repeat: Math.floor(bytes / 64),
              end: 'x'.repeat(bytes % 64),
            };
            const answer = await send(
              {
                method: 'POST',
                path: '/reflect',
                headers: [...headers, ['content-type', 'application/json']],
                body: [Buffer.from(JSON.stringify(order))],
              },
              await to(),
            );
            if (mode === 'buffered' && bytes > MiB) {
              assert.equal(answer.status, 500, 'Envoy refuses what it cannot buffer');
              return;
            }
            const expected = sha256([Buffer.from(piece.repeat(order.repeat) + order.end)]);
            assert.deepEqual(
              [answer.status, answer.end, answer.bodyBytes, answer.sha256],
              [200, 'complete', bytes, expected],
              answer.body.slice(0, 200),
            );
          });
        }

        it('carries response trailers', async () => {
          const order = { body: 'hello', trailers: { 'x-sum': '1' } };
          const answer = await send(
            {
              method: 'POST',
              path: '/reflect',
              headers: [...headers, ['content-type', 'application/json']],
              body: [Buffer.from(JSON.stringify(order))],
            },
            await to(),
          );
          assert.deepEqual(
            [answer.status, answer.end, answer.body, answer.trailers],
            [200, 'complete', 'hello', [['x-sum', '1']]],
          );
        });

        it('carries GET and HEAD', async () => {
          for (const method of ['GET', 'HEAD']) {
            const answer = await send({ method, path: '/products?q=blue+shoes', headers }, await to());
            assert.deepEqual([answer.status, answer.end, answer.bodyBytes > 0], [200, 'complete', method === 'GET']);
          }
        });

        for (const status of [204, 304]) {
          it(`carries ${status}`, async () => {
            const answer = await send(
              {
                method: 'POST',
                path: '/reflect',
                headers: [...headers, ['content-type', 'application/json']],
                body: [Buffer.from(JSON.stringify({ status }))],
              },
              await to(),
            );
            assert.deepEqual([answer.status, answer.end, answer.bodyBytes], [status, 'complete', 0]);
          });
        }
      });
    }
  }
});
