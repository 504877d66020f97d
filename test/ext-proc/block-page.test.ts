import { describe, expect, it } from 'vitest';
import { acceptsJson, blockPage } from '../../src/ext-proc/block-page.ts';

describe('acceptsJson', () => {
  it('decides by the client’s first preference', () => {
    for (const accept of [
      'application/json',
      'application/json, text/html',
      'application/problem+json',
      'APPLICATION/JSON;q=1',
    ]) {
      expect(acceptsJson(accept), accept).toBe(true);
    }
    for (const accept of [undefined, '', '*/*', 'text/html, application/json', 'text/html']) {
      expect(acceptsJson(accept), accept).toBe(false);
    }
  });
});

describe('blockPage', () => {
  it('is a small page that names the exchange', () => {
    const { body, contentType } = blockPage('abc-123', 'html');
    expect(contentType).toBe('text/html; charset=utf-8');
    expect(Buffer.from(body).toString()).toMatch(/Request id: abc-123/);
    expect(body.length).toBeLessThan(256);
  });

  it('is JSON for clients that accept it', () => {
    const { body, contentType } = blockPage('abc-123', 'json');
    expect(contentType).toBe('application/json');
    expect(JSON.parse(Buffer.from(body).toString())).toStrictEqual({ error: 'request blocked', request_id: 'abc-123' });
  });
});
