// The service behind the tests.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRequest } from '../../src/ftw/http-parser.ts';
import { answerOf, type UpstreamAnswer } from '../../src/ftw/upstream.ts';
import { allValues } from '../../src/http/headers.ts';

function ask(line: string, body = ''): UpstreamAnswer {
  const bytes = Buffer.from(body, 'utf8');
  const request = parseRequest(
    Buffer.concat([Buffer.from(`${line} HTTP/1.1\r\nHost: x\r\nContent-Length: ${bytes.length}\r\n\r\n`), bytes]),
  );
  assert.ok(request.kind === 'request');
  return answerOf(request);
}

describe('answerOf', () => {
  it('answers any URL with 200 and no body', () => {
    for (const line of ['GET /', 'PUT /a/b?c', 'GET /reflect', 'POST /reflected']) {
      const answer = ask(line, '{"status": 500}');
      assert.equal(answer.status, 200, line);
      assert.equal(answer.body.length, 0, line);
      assert.deepEqual(allValues(answer.headers, 'content-length'), ['0']);
    }
  });

  it('reflects status, headers and body', () => {
    const answer = ask('POST /reflect', '{"status": 503, "headers": {"X-A": "é"}, "body": "é"}');
    assert.equal(answer.status, 503);
    assert.deepEqual(allValues(answer.headers, 'x-a'), ['\xc3\xa9']);
    assert.deepEqual(allValues(answer.headers, 'content-length'), ['2']);
    assert.equal(Buffer.from(answer.body).toString('utf8'), 'é');
  });

  it('reflects a body in base64', () => {
    assert.deepEqual([...ask('POST /reflect/?a', '{"encodedBody": "AP8="}').body], [0, 255]);
  });

  it('names a content type that the order leaves out, and only then', () => {
    assert.deepEqual(allValues(ask('POST /reflect', '{"body": "<html>"}').headers, 'content-type'), [
      'text/html; charset=utf-8',
    ]);
    const order = '{"body": "<html>", "headers": {"Content-Type": "image/png"}}';
    assert.deepEqual(allValues(ask('POST /reflect', order).headers, 'content-type'), ['image/png']);
    assert.deepEqual(allValues(ask('POST /reflect', '{}').headers, 'content-type'), []);
  });

  for (const order of ['', 'no json', '[]x', '7', '{"status": 99}', '{"status": 600}', '{"body": 1}']) {
    it(`refuses the order ${JSON.stringify(order)}`, () => {
      assert.equal(ask('POST /reflect', order).status, 400);
    });
  }
});
