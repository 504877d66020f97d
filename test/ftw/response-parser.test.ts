import { describe, expect, it } from 'vitest';
import { toByteString, toBytes } from '../../src/base/bytes.ts';
import { parseResponse } from '../../src/ftw/response-parser.ts';
import { expectToBe } from '../support/narrow.ts';

const parse = (text: string) => {
  const response = parseResponse(toBytes(text));
  return response.kind === 'refused' ? response : { ...response, body: toByteString(response.body) };
};

describe('parseResponse', () => {
  it('reads status, headers and a body by its length', () => {
    expect(
      parse('HTTP/1.1 404 Not Found\r\nContent-Type: text/html \r\nContent-Length: 3\r\n\r\nabcdef'),
    ).toStrictEqual({
      kind: 'response',
      status: 404,
      protocol: 'HTTP/1.1',
      headers: [
        { name: 'content-type', value: 'text/html' },
        { name: 'content-length', value: '3' },
      ],
      body: 'abc',
      trailers: [],
    });
  });

  it('reads everything that follows if no length is given', () => {
    const response = parse('HTTP/1.0 200\n\nabc\xff');
    expect('body' in response && response.body).toBe('abc\xff');
  });

  it('reads chunks and trailers', () => {
    const response = parse('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nX-End: 1\r\n\r\n');
    expect.assert('body' in response);
    expectToBe(response.body, 'ab');
    expect(response.trailers).toStrictEqual([{ name: 'x-end', value: '1' }]);
  });

  const refused: readonly (readonly [string, RegExp])[] = [
    ['HTTP/1.1 200 OK\r\n', /head does not end/],
    ['GET / HTTP/1.1\r\n\r\n', /status line/],
    ['HTTP/1.1 999 OK\r\n\r\n', /status line/],
    ['HTTP/1.1 200 OK\r\nnothing\r\n\r\n', /not a token/],
    ['HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n', /Content-Length/],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab', /chunk/],
  ];
  for (const [text, reason] of refused) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      const response = parse(text);
      expect(response.kind).toBe('refused');
      expect('reason' in response ? response.reason : '').toMatch(reason);
    });
  }
});
