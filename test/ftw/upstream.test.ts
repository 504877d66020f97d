// The service behind the tests.

import { describe, expect, it } from 'vitest';
import { parseRequest } from '../../src/ftw/http-parser.ts';
import { answerOf, type UpstreamAnswer } from '../../src/ftw/upstream.ts';
import { allValues } from '../../src/http/headers.ts';
import { expectToBe } from '../support/narrow.ts';

function ask(line: string, body = ''): UpstreamAnswer {
  const bytes = Buffer.from(body, 'utf8');
  const request = parseRequest(
    Buffer.concat([Buffer.from(`${line} HTTP/1.1\r\nHost: x\r\nContent-Length: ${bytes.length}\r\n\r\n`), bytes]),
  );
  expectToBe(request.kind, 'request');
  return answerOf(request);
}

describe('answerOf', () => {
  it('responds to any URL with 200 and no body', () => {
    for (const line of ['GET /', 'PUT /a/b?c', 'GET /reflect', 'POST /reflected']) {
      const answer = ask(line, '{"status": 500}');
      expect(answer.status, line).toBe(200);
      expect(answer.body.length, line).toBe(0);
      expect(allValues(answer.headers, 'content-length')).toStrictEqual(['0']);
    }
  });

  it('reflects status, headers and body', () => {
    const answer = ask('POST /reflect', '{"status": 503, "headers": {"X-A": "é"}, "body": "é"}');
    expect(answer.status).toBe(503);
    expect(allValues(answer.headers, 'x-a')).toStrictEqual(['\xc3\xa9']);
    expect(allValues(answer.headers, 'content-length')).toStrictEqual(['2']);
    expect(Buffer.from(answer.body).toString('utf8')).toBe('é');
  });

  it('reflects a body in base64', () => {
    expect([...ask('POST /reflect/?a', '{"encodedBody": "AP8="}').body]).toStrictEqual([0, 255]);
  });

  it('adds a content type only if the order has none', () => {
    expect(allValues(ask('POST /reflect', '{"body": "<html>"}').headers, 'content-type')).toStrictEqual([
      'text/html; charset=utf-8',
    ]);
    const order = '{"body": "<html>", "headers": {"Content-Type": "image/png"}}';
    expect(allValues(ask('POST /reflect', order).headers, 'content-type')).toStrictEqual(['image/png']);
    expect(allValues(ask('POST /reflect', '{}').headers, 'content-type')).toStrictEqual([]);
  });

  for (const order of ['', 'no json', '[]x', '7', '{"status": 99}', '{"status": 600}', '{"body": 1}']) {
    it(`refuses the order ${JSON.stringify(order)}`, () => {
      expect(ask('POST /reflect', order).status).toBe(400);
    });
  }
});
