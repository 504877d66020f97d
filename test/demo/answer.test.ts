// The reader of HTTP/1.1 answers: the same answer however the bytes are cut, and no lenience about framing.

import { describe, expect, it } from 'vitest';
import { Http1AnswerReader, headerOf } from '../../demo/stack/answer.ts';

interface Case {
  readonly title: string;
  readonly method?: string;
  readonly wire: string;
  readonly status: number;
  readonly body: string;
  readonly trailers?: readonly (readonly [string, string])[];
}

const cases: readonly Case[] = [
  {
    title: 'a body with a length',
    wire: 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello',
    status: 200,
    body: 'hello',
  },
  { title: 'an empty body', wire: 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n', status: 200, body: '' },
  {
    title: 'a chunked body with trailers',
    wire: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\nx-sum: 17\r\n\r\n',
    status: 200,
    body: 'hello',
    trailers: [['x-sum', '17']],
  },
  {
    title: 'no body after HEAD',
    method: 'HEAD',
    wire: 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n',
    status: 200,
    body: '',
  },
  { title: 'no body with 204', wire: 'HTTP/1.1 204 No Content\r\n\r\n', status: 204, body: '' },
  { title: 'no body with 304', wire: 'HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n', status: 304, body: '' },
  {
    title: 'the answer after 100 Continue',
    wire: 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno',
    status: 403,
    body: 'no',
  },
];

describe('Http1AnswerReader', () => {
  for (const { title, method = 'GET', wire, status, body, trailers = [] } of cases) {
    it(`reads ${title}, cut anywhere`, () => {
      const bytes = Buffer.from(wire, 'latin1');
      for (let cut = 0; cut <= bytes.length; cut += 1) {
        const reader = new Http1AnswerReader(method);
        reader.write(bytes.subarray(0, cut));
        expect(reader.isComplete, `complete after ${cut} of ${bytes.length} bytes`).toBe(cut === bytes.length);
        if (cut < bytes.length) reader.write(bytes.subarray(cut));
        expect([reader.status, reader.body.facts().body, reader.trailers], `cut at ${cut}`).toStrictEqual([
          status,
          body,
          trailers,
        ]);
      }
    });
  }

  it('ends a body without a length when the connection closes', () => {
    const reader = new Http1AnswerReader('GET');
    reader.write(Buffer.from('HTTP/1.1 200 OK\r\n\r\nhel'));
    reader.write(Buffer.from('lo'));
    expect(reader.isComplete).toBe(false);
    reader.close();
    expect(reader.isComplete).toBe(true);
    expect(reader.body.facts().body).toBe('hello');
  });

  it('does not treat a cut body as complete', () => {
    const reader = new Http1AnswerReader('GET');
    reader.write(Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhel'));
    reader.close();
    expect(reader.isComplete).toBe(false);
  });

  for (const [title, wire, sentence] of [
    ['bytes after the end', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nab', /1 bytes follow/],
    [
      'a chunk size that is none',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0x3\r\nabc\r\n',
      /not a chunk size/,
    ],
    [
      'a chunk longer than its size',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nabc\r\n',
      /longer than its size/,
    ],
    ['what is not a status line', 'HTTP/2 200\r\n\r\n', /not a status line/],
  ] as const) {
    it(`refuses ${title}`, () => {
      expect(() => new Http1AnswerReader('GET').write(Buffer.from(wire))).toThrow(sentence);
    });
  }
});

describe('headerOf', () => {
  it('ignores case and returns the first', () => {
    const headers = [
      ['X-A', '1'],
      ['x-a', '2'],
    ] as const;
    expect(headerOf({ headers }, 'x-A')).toBe('1');
    expect(headerOf({ headers }, 'x-b')).toBe(undefined);
  });
});
