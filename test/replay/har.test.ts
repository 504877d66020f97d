import { describe, expect, it } from 'vitest';
import { isHar, readHar } from '../../src/replay/har.ts';

const har = (...entries: readonly unknown[]): unknown => ({ log: { entries } });
const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('latin1');

describe('readHar', () => {
  it('reads request and response', () => {
    const [recording] = readHar(
      har({
        request: {
          method: 'POST',
          url: 'https://shop.example:8443/a%20b?q=%27x#part',
          headers: [
            { name: ':method', value: 'POST' },
            { name: 'Content-Type', value: 'text/plain' },
            { name: 'Content-Length', value: '999' },
          ],
          postData: { text: 'é' },
        },
        response: {
          status: 200,
          headers: [{ name: 'Content-Encoding', value: 'gzip' }],
          content: { text: Buffer.from('<p>').toString('base64'), encoding: 'base64' },
        },
      }),
      'a.har',
    );
    expect.assert(recording !== undefined);
    const { request, response } = recording.exchange;
    expect({ ...request, body: text(request.body) }).toStrictEqual({
      method: 'POST',
      target: '/a%20b?q=%27x',
      protocol: 'HTTP/1.1',
      headers: [
        { name: 'host', value: 'shop.example:8443' },
        { name: 'content-type', value: 'text/plain' },
        { name: 'content-length', value: '2' },
      ],
      body: 'Ã©',
      trailers: [],
    });
    expect([response?.status, response?.headers, text(response?.body)]).toStrictEqual([200, [], '<p>']);
    expect([recording.name, recording.missing]).toStrictEqual(['a.har#1', []]);
  });

  it('makes a form of parameters that are not text', () => {
    const params = [
      { name: '\ud800', value: '\udc00a' },
      { name: { toString: 1 }, value: [] },
      { name: 1, value: true },
      {},
    ];
    const [recording] = readHar(har({ request: { method: 'POST', url: '/', postData: { params } } }), 'f');
    expect(text(recording?.exchange.request.body)).toBe('%EF%BF%BD=%EF%BF%BDa&=&1=true&=');
  });

  it('makes a form of its parameters, and reports what is missing', () => {
    const request = { method: 'POST', url: 'http://h', headers: [] };
    const recordings = readHar(
      har(
        { request: { ...request, postData: { params: [{ name: 'a b', value: "'" }] } } },
        { request: { ...request, bodySize: 5 }, response: { status: 200, content: { size: 9 } } },
      ),
      'f',
    );
    expect(recordings.map(({ exchange }) => [exchange.request.target, text(exchange.request.body)])).toStrictEqual([
      ['/', "a%20b='"],
      ['/', ''],
    ]);
    expect(recordings[1]?.missing).toStrictEqual(['the body of the request', 'the body of the response']);
  });

  it('ignores what is not an entry', () => {
    expect(readHar(har(null, 1, {}, { request: { method: 1 } }), 'f')).toStrictEqual([]);
    expect([{ log: { entries: [] } }, { log: {} }, null, []].map(isHar)).toStrictEqual([true, false, false, false]);
  });
});
