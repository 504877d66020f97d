import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { acceptsJson, blockPage } from '../../src/ext-proc/block-page.ts';

describe('acceptsJson', () => {
  it('goes by what the client names first', () => {
    for (const accept of [
      'application/json',
      'application/json, text/html',
      'application/problem+json',
      'APPLICATION/JSON;q=1',
    ]) {
      assert.equal(acceptsJson(accept), true, accept);
    }
    for (const accept of [undefined, '', '*/*', 'text/html, application/json', 'text/html']) {
      assert.equal(acceptsJson(accept), false, accept);
    }
  });
});

describe('blockPage', () => {
  it('is a small page that names the exchange', () => {
    const { body, contentType } = blockPage('abc-123', 'html');
    assert.equal(contentType, 'text/html; charset=utf-8');
    assert.match(Buffer.from(body).toString(), /Request id: abc-123/);
    assert.ok(body.length < 256);
  });

  it('is JSON for those who read it', () => {
    const { body, contentType } = blockPage('abc-123', 'json');
    assert.equal(contentType, 'application/json');
    assert.deepEqual(JSON.parse(Buffer.from(body).toString()), { error: 'request blocked', request_id: 'abc-123' });
  });
});
