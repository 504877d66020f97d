// Requests as bytes: what a server reads, and what it refuses.

import { describe, expect, it } from 'vitest';
import { type ParsedRequest, parseRequest } from '../../src/ftw/http-parser.ts';
import { expectToBe } from '../support/narrow.ts';

const parse = (text: string): ReturnType<typeof parseRequest> => parseRequest(Buffer.from(text, 'latin1'));

const accepted = (text: string): ParsedRequest => {
  const request = parse(text);
  expectToBe(request.kind, 'request', request.kind === 'refused' ? request.reason : '');
  return request;
};

const bodyOf = (text: string): string => Buffer.from(accepted(text).body).toString('latin1');

describe('parseRequest', () => {
  it('reads line, fields and body', () => {
    const request = accepted('POST /a?b=c HTTP/1.1\r\nHost: x\r\nA-B:  1 \t\r\nContent-Length: 3\r\n\r\nabcNEXT');
    expect(request.method).toBe('POST');
    expect(request.target).toBe('/a?b=c');
    expect(request.protocol).toBe('HTTP/1.1');
    expect(request.headers).toStrictEqual([
      { name: 'host', value: 'x' },
      { name: 'a-b', value: '1' },
      { name: 'content-length', value: '3' },
    ]);
    expect(Buffer.from(request.body).toString(), 'what follows the length is not the body').toBe('abc');
  });

  it('accepts a lone LF as the end of a line', () => {
    expect(bodyOf('POST / HTTP/1.1\nHost: x\nContent-Length: 2\n\nab')).toBe('ab');
  });

  it('joins folded lines with a space', () => {
    expect(accepted('GET / HTTP/1.1\r\nHost: x\r\nA: 1\r\n  2\r\n\t3\r\n\r\n').headers[1]).toStrictEqual({
      name: 'a',
      value: '1 2 3',
    });
  });

  it('keeps repeated fields and bytes above 127', () => {
    const { headers } = accepted('GET / HTTP/1.1\r\nHost: x\r\nA: \xff\r\nA: 2\r\n\r\n');
    expect(headers.slice(1)).toStrictEqual([
      { name: 'a', value: '\xff' },
      { name: 'a', value: '2' },
    ]);
  });

  it('has no body without length and chunks', () => {
    expect(bodyOf('POST / HTTP/1.1\r\nHost: x\r\n\r\nabc')).toBe('');
  });

  it('keeps what arrived of a body that is cut off', () => {
    expect(bodyOf('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc')).toBe('abc');
  });

  it('joins chunks, drops their extensions, reads trailers', () => {
    const request = accepted(
      'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\nA\r\n0123456789\r\n0\r\nT: 1\r\n\r\n',
    );
    expect(Buffer.from(request.body).toString()).toBe('abc0123456789');
    expect(request.trailers).toStrictEqual([{ name: 't', value: '1' }]);
  });

  it('drops a Content-Length that Transfer-Encoding overrides', () => {
    const request = accepted(
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n',
    );
    expect(request.headers.map(({ name }) => name)).toStrictEqual(['host', 'transfer-encoding']);
  });

  it('reads a request line without version as HTTP/0.9', () => {
    const request = accepted('GET /a \r\nHost: x\r\n\r\n');
    expect(request.protocol).toBe('HTTP/0.9');
    expect(request.target).toBe('/a');
  });

  const taken = [
    'GET * HTTP/1.1\r\nHost: x',
    'GET http://x/ HTTP/1.1\r\nHost: x',
    'CONNECT 1.2.3.4:80 HTTP/1.1\r\nHost: x',
    'REALLY-ODD / HTTP/1.1\r\nHost: x',
    'GET /"<>\\^`{|}\xff HTTP/1.1\r\nHost: x',
    'GET / HTTP/4.0\r\nHost: x',
    'GET / HTTP/1.0',
    'GET / HTTP/1.0\r\nHost:',
    'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 0',
  ];
  for (const head of taken) {
    it(`accepts ${JSON.stringify(head)}`, () => {
      accepted(`${head}\r\n\r\n`);
    });
  }

  const refused: readonly (readonly [head: string, reason: RegExp])[] = [
    ['', /three parts/],
    ['  GET / HTTP/1.1\r\nHost: x', /three parts/],
    ['\tGET / HTTP/1.1\r\nHost: x', /not a token/],
    ['GET /a b HTTP/1.1\r\nHost: x', /three parts/],
    ['GET / HTTP/2\r\nHost: x', /is not a version/],
    ['GET / http/1.1\r\nHost: x', /is not a version/],
    ['GET / HTTP/0.9\r\nHost: x', /have no version/],
    ['GET /#a HTTP/1.1\r\nHost: x', /fragment/],
    ['GET a HTTP/1.1\r\nHost: x', /neither a path/],
    ['GET /\x01 HTTP/1.1\r\nHost: x', /control/],
    ['CONNECT x HTTP/1.1\r\nHost: x', /port/],
    ['GET / HTTP/1.1', /no Host/],
    ['GET / HTTP/1.1\r\nHost:', /empty Host/],
    ['GET / HTTP/1.1\r\nHost: x\r\nHost: y', /more than one Host/],
    ['GET / HTTP/1.1\r\nHost: x%00', /Host/],
    ['GET / HTTP/1.1\r\nHost : x', /not a token/],
    ['GET / HTTP/1.1\r\nHost: x\r\nno colon', /not a token/],
    ['GET / HTTP/1.1\r\nHost: x\r\nA: b\rC: d', /lone CR/],
    ['GET / HTTP/1.1\r\nHost: x\r\nA: b\0', /NUL/],
    ['GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1x', /Content-Length/],
    ['GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1', /Content-Length/],
    ['GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 2', /Content-Length/],
    ['GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, gzip', /not chunked/],
    ['POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', /chunk size/],
    ['POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n', /longer than its size/],
    ['POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab', /does not end/],
  ];
  for (const [head, reason] of refused) {
    it(`refuses ${JSON.stringify(head)}`, () => {
      const request = parse(`${head}\r\n\r\n`);
      expectToBe(request.kind, 'refused', 'it was taken');
      expect(request.status).toBe(400);
      expect(request.reason).toMatch(reason);
    });
  }

  it('refuses a head that does not end', () => {
    expect(parse('GET / HTTP/1.1\r\nHost: x\r\n').kind).toBe('refused');
  });
});
