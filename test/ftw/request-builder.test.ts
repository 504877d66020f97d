// Requests as go-ftw builds them: a table of inputs and the resulting bytes.

import { describe, expect, it } from 'vitest';
import { buildRequest } from '../../src/ftw/request-builder.ts';
import type { FtwInput } from '../../src/ftw/suite.ts';

const plain: FtwInput = {
  method: 'GET',
  uri: '/',
  version: 'HTTP/1.1',
  headers: [],
  data: '',
  autocompleteHeaders: true,
  encodedRequest: undefined,
};

const built = (input: Partial<FtwInput>): string =>
  Buffer.from(buildRequest({ ...plain, ...input })).toString('latin1');

const form = 'Content-Type: application/x-www-form-urlencoded\r\n';
const close = 'Connection: close\r\n';

const cases: readonly { readonly name: string; readonly input: Partial<FtwInput>; readonly bytes: string }[] = [
  { name: 'a bare GET, closing the connection', input: {}, bytes: `GET / HTTP/1.1\r\n${close}\r\n` },
  {
    name: 'headers sorted by their bytes, added ones last',
    input: {
      headers: [
        ['b', '1'],
        ['Z', '2'],
        ['A', '3'],
      ],
    },
    bytes: `GET / HTTP/1.1\r\nA: 3\r\nZ: 2\r\nb: 1\r\n${close}\r\n`,
  },
  {
    name: 'no second Connection, whatever its case',
    input: { headers: [['connection', 'keep-alive']] },
    bytes: 'GET / HTTP/1.1\r\nconnection: keep-alive\r\n\r\n',
  },
  {
    name: 'a length of zero for a method that has bodies',
    input: { method: 'POST' },
    bytes: `POST / HTTP/1.1\r\n${close}Content-Length: 0\r\n\r\n`,
  },
  {
    name: 'a length for methods that only resemble one (PUT inside it)',
    input: { method: 'XPUTX' },
    bytes: `XPUTX / HTTP/1.1\r\n${close}Content-Length: 0\r\n\r\n`,
  },
  {
    name: 'no length for DELETEX',
    input: { method: 'DELETEX' },
    bytes: `DELETEX / HTTP/1.1\r\n${close}\r\n`,
  },
  {
    name: 'a form out of data without content type, encoded pair by pair',
    input: { method: 'POST', data: 'a b=c d&e=f=g&\xc3\xa9' },
    bytes: `POST / HTTP/1.1\r\n${form}${close}Content-Length: 22\r\n\r\na+b=c+d&e=f%3Dg&%C3%A9`,
  },
  {
    name: 'a body with GET',
    input: { data: 'a=1' },
    bytes: `GET / HTTP/1.1\r\n${form}${close}Content-Length: 3\r\n\r\na=1`,
  },
  {
    name: 'a form with a percent sign untouched: it is encoded already',
    input: { method: 'POST', data: 'a=%3Cb>' },
    bytes: `POST / HTTP/1.1\r\n${form}${close}Content-Length: 7\r\n\r\na=%3Cb>`,
  },
  {
    name: 'a form with a broken percent sign untouched',
    input: { method: 'POST', data: 'a=100%' },
    bytes: `POST / HTTP/1.1\r\n${form}${close}Content-Length: 6\r\n\r\na=100%`,
  },
  {
    name: 'a form with a plus untouched',
    input: { method: 'POST', data: 'a=1+<' },
    bytes: `POST / HTTP/1.1\r\n${form}${close}Content-Length: 5\r\n\r\na=1+<`,
  },
  {
    name: 'a form without its last ampersand',
    input: { method: 'POST', data: 'a=1&&' },
    bytes: `POST / HTTP/1.1\r\n${form}${close}Content-Length: 4\r\n\r\na=1&`,
  },
  {
    name: 'a form under a content type in any case',
    input: { method: 'POST', data: '<', headers: [['content-type', 'Application/X-WWW-Form-urlencoded']] },
    bytes: `POST / HTTP/1.1\r\ncontent-type: Application/X-WWW-Form-urlencoded\r\n${close}Content-Length: 3\r\n\r\n%3C`,
  },
  {
    name: 'a form with parameters in its content type unencoded',
    input: { method: 'POST', data: 'a=<', headers: [['Content-Type', 'application/x-www-form-urlencoded; a=b']] },
    bytes: `POST / HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded; a=b\r\n${close}Content-Length: 3\r\n\r\na=<`,
  },
  {
    name: 'the unreserved characters of a form as they are',
    input: { method: 'POST', data: 'aZ09-_.~' },
    bytes: `POST / HTTP/1.1\r\n${form}${close}Content-Length: 8\r\n\r\naZ09-_.~`,
  },
  {
    name: 'CR and LF in a form, encoded',
    input: { method: 'POST', data: 'a=\r\n' },
    bytes: `POST / HTTP/1.1\r\n${form}${close}Content-Length: 8\r\n\r\na=%0D%0A`,
  },
  {
    name: 'multipart with CRLF, and the length of that',
    input: { method: 'POST', data: '--x\n\n--x--\n', headers: [['Content-Type', 'multipart/form-data; boundary=x']] },
    bytes: `POST / HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=x\r\n${close}Content-Length: 14\r\n\r\n--x\r\n\r\n--x--\r\n`,
  },
  {
    name: 'multipart with CRLF doubled where the author wrote it',
    input: {
      data: 'a\r\n',
      autocompleteHeaders: false,
      headers: [['Content-Type', 'Multipart/Form-Data; boundary=x']],
    },
    bytes: 'GET / HTTP/1.1\r\nContent-Type: Multipart/Form-Data; boundary=x\r\n\r\na\r\r\n',
  },
  {
    name: 'multipart without parameters as it is',
    input: { data: 'a\n', headers: [['Content-Type', 'multipart/form-data']] },
    bytes: `GET / HTTP/1.1\r\nContent-Type: multipart/form-data\r\n${close}Content-Length: 2\r\n\r\na\n`,
  },
  {
    name: 'the length that the author gave',
    input: { method: 'POST', data: 'abc', headers: [['Content-Length', '64200']] },
    bytes: `POST / HTTP/1.1\r\nContent-Length: 64200\r\n${form}${close}\r\nabc`,
  },
  {
    name: 'nothing added without autocompletion',
    input: { method: 'POST', data: 'a=<', autocompleteHeaders: false, headers: [['Host', 'x']] },
    bytes: 'POST / HTTP/1.1\r\nHost: x\r\n\r\na=<',
  },
  {
    name: 'broken request lines as they are',
    input: { method: '\tGET', uri: '\\', version: '' },
    bytes: `\tGET \\ \r\n${close}\r\n`,
  },
  {
    name: 'an encoded request as it is',
    input: { encodedRequest: Buffer.from('X\n\n'), method: 'POST', headers: [['Host', 'x']] },
    bytes: 'X\n\n',
  },
];

describe('buildRequest', () => {
  for (const { name, input, bytes } of cases) {
    it(`builds ${name}`, () => {
      expect(built(input)).toBe(bytes);
    });
  }
});
