// Through the real Envoy: bodies of every kind, encoded and in parts, in every body mode that carries them. Attacks inside
// them are blocked; what is harmless arrives byte for byte as it was sent, including encodings.

import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, headerOf } from '../../demo/stack/answer.ts';
import { cutAt, type Request } from '../../demo/stack/client.ts';
import type { BodyMode } from '../../demo/stack/envoy-config.ts';
import { Front, sha256 } from '../support/exchange-front.ts';
import { frame, lengthField } from '../support/protobuf.ts';

const attack = "1' UNION SELECT password FROM users-- ";
const harmless = 'the union of two villages has selected a mayor';
const form = 'application/x-www-form-urlencoded';

type Made = readonly [type: string, body: Buffer, coding?: string];

/** A body of each kind around a text. */
const kinds: Readonly<Record<string, (text: string) => Made>> = {
  XML: (text) => ['text/xml', Buffer.from(`<a b="1"><![CDATA[${text}]]></a>`)],
  'multipart file': (text) => [
    'multipart/form-data; boundary=b',
    Buffer.from(`--b\r\nContent-Disposition: form-data; name="n"\r\n\r\n${text}\r\n--b--\r\n`),
  ],
  'UTF-16 JSON': (text) => ['application/json; charset=utf-16le', Buffer.from(`{"a":"${text}"}`, 'utf16le')],
  GraphQL: (text) => ['application/graphql', Buffer.from(`{ a(b: "${text}") }`)],
  gRPC: (text) => ['application/grpc', frame(lengthField(1, text))],
  'JSON without a type': (text) => ['', Buffer.from(`{"a":"${text}"}`)],
  'gzip of a form': (text) => [form, gzipSync(`a=${text}`), 'gzip'],
  'deflate of JSON': (text) => ['application/json', deflateSync(`{"a":"${text}"}`), 'deflate'],
  'br of text': (text) => ['text/plain', brotliCompressSync(text), 'br'],
  'zstd of gzip': (text) => [form, zstdCompressSync(gzipSync(`a=${text}`)), 'gzip, zstd'],
};

function requestOf([type, body, coding]: Made): Request {
  const headers: (readonly [string, string])[] = [];
  if (type !== '') headers.push(['content-type', type]);
  if (coding !== undefined) headers.push(['content-encoding', coding]);
  return { method: 'POST', headers, body: cutAt(body, [1, body.length >> 1]), lengthBytes: body.length };
}

const reflected = (headers: Readonly<Record<string, string>>, body: Uint8Array, status = 200): Request => {
  const order = { status, headers, encodedBody: Buffer.from(body).toString('base64') };
  const text = Buffer.from(JSON.stringify(order));
  return { method: 'POST', path: '/reflect', headers: [['content-type', 'application/json']], body: [text] };
};

/** Envoy responds to gRPC with 200, and PERMISSION_DENIED in `grpc-status`. */
const isBlocked = (answer: Answer): boolean =>
  answer.status === 403 || (answer.status === 200 && headerOf(answer, 'grpc-status') === '7');

for (const mode of ['streamed', 'buffered', 'full-duplex'] satisfies BodyMode[]) {
  describe(`bodies, ${mode}`, () => {
    let front: Front;
    beforeAll(async () => {
      front = await Front.start({ mode });
    });
    afterAll(() => front.stop());

    for (const [name, make] of Object.entries(kinds)) {
      it(`are read: ${name}`, async () => {
        const blocked = await front.exchange(requestOf(make(attack)));
        expect(isBlocked(blocked.answer), `${blocked.answer.status}`).toBeTruthy();
        // gRPC is interactive: inspected bytes may be released after interactiveHoldMsMax, but never the end of the attack.
        const arrivedMax = name === 'gRPC' ? make(attack)[1].length - 1 : 0;
        expect(blocked.arrival?.bodyBytes ?? 0, `${blocked.arrival?.bodyBytes} bytes arrived`).toBeLessThanOrEqual(
          arrivedMax,
        );
        const made = make(harmless);
        const passed = await front.exchange(requestOf(made));
        expect(passed.answer.status).toBe(200);
        expect(passed.arrival?.sha256, 'arrives as it was sent').toBe(sha256([made[1]]));
      });
    }

    it('are rejected when they cannot be decoded: malformed, in an unknown encoding, above a limit', async () => {
      const cases: readonly (readonly [Made, number])[] = [
        [['application/json', Buffer.from('{"a":')], 400],
        [[form, Buffer.from('a=1'), 'exi'], 415],
        [['application/json', Buffer.from('['.repeat(1000))], 413],
      ];
      for (const [made, status] of cases) {
        const { answer, arrival } = await front.exchange(requestOf(made));
        expect(answer.status).toBe(status);
        expect(arrival?.bodyBytes ?? 0).toBe(0);
      }
    });

    it('of responses are inspected decoded, and forwarded unchanged', async () => {
      const headers = { 'content-type': 'text/html', 'content-encoding': 'gzip' };
      const leak = gzipSync(
        '<p>You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version</p>',
      );
      expect((await front.exchange(reflected(headers, leak))).answer.status).toBe(403);
      const page = gzipSync(`<p>${harmless}</p>`);
      const { answer } = await front.exchange(reflected(headers, page));
      expect([answer.status, answer.end, answer.sha256]).toStrictEqual([200, 'complete', sha256([page])]);
    });

    it('of responses that cannot be decoded pass, by policy', async () => {
      const part = Buffer.from('a part of something encoded');
      const headers = { 'content-type': 'text/html', 'content-encoding': 'br', 'content-range': 'bytes 5-31/100' };
      const { answer } = await front.exchange(reflected(headers, part, 206));
      expect([answer.status, answer.sha256]).toStrictEqual([206, sha256([part])]);
      const entry = (await front.envoy.logEntry(({ status }) => status === 206)).weir;
      expect(entry?.verdict).toBe('detect');
    });
  });
}
