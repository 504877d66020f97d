// Responses as they arrive.

import { describe, expect, it } from 'vitest';
import { FrontAnswer } from '../../src/ftw/front-answer.ts';
import { firstValue } from '../../src/http/headers.ts';

const answer = (text: string, method = 'GET'): FrontAnswer => {
  const result = new FrontAnswer(method);
  result.write(Buffer.from(text, 'latin1'));
  return result;
};

describe('FrontAnswer', () => {
  it('reads status and headers', () => {
    const { status, headers } = answer('HTTP/1.1 403 Forbidden\r\nX-Request-Id: a-b\r\nEmpty:\r\n\r\nbody');
    expect(status).toBe(403);
    expect(firstValue(headers, 'x-request-id')).toBe('a-b');
    expect(firstValue(headers, 'empty')).toBe('');
  });

  it('has no status without a status line', () => {
    for (const text of ['', 'HTTP/1.1 2', '<html>', 'HTTP/1.1 20x OK\r\n']) {
      expect(answer(text).status, text).toBe(undefined);
    }
  });

  const cases: readonly (readonly [text: string, isComplete: boolean, method?: string])[] = [
    ['HTTP/1.1 200 OK\r\nContent-Length: 3\r\n', false],
    ['HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab', false],
    ['HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc', true],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n', false],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n', true],
    ['HTTP/1.1 200 OK\r\n\r\nabc', false],
    ['HTTP/1.1 204 No Content\r\n\r\n', true],
    ['HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n', true, 'HEAD'],
    ['hello\r\n\r\n', false],
  ];
  for (const [text, isComplete, method] of cases) {
    it(`finds ${JSON.stringify(text)} ${isComplete ? 'complete' : 'not complete'}`, () => {
      expect(answer(text, method).isComplete).toBe(isComplete);
    });
  }

  it('distinguishes a connection that ended before any byte from one that ended later', () => {
    const silent = answer('');
    expect(silent.isClosedUnanswered).toBe(false);
    silent.isEnded = true;
    expect(silent.isClosedUnanswered).toBe(true);
    const cut = answer('H');
    cut.isEnded = true;
    expect(cut.isClosedUnanswered).toBe(false);
  });

  it('is the same however the bytes arrive', () => {
    const text = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n';
    const slow = new FrontAnswer('GET');
    for (const [index, byte] of [...Buffer.from(text)].entries()) {
      expect(slow.isComplete, `after ${index} bytes`).toBe(false);
      slow.write(Uint8Array.of(byte));
    }
    expect(slow.isComplete).toBeTruthy();
    expect(slow.text).toBe(text);
  });
});
