// Bodies in memory.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BodyFault, readBody } from '../../src/ftw/http-body.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('readBody', () => {
  it('gives a view of so many bytes', () => {
    const source = bytes('abcdef');
    const { body } = readBody(source, 4);
    assert.equal(Buffer.from(body).toString(), 'abcd');
    source[0] = 0x78;
    assert.equal(body[0], 0x78, 'it was copied');
  });

  it('reads chunk sizes of either case, and LF as a line end', () => {
    assert.equal(Buffer.from(readBody(bytes('a\n0123456789\nA\n0123456789\n0\n\n'), 'chunked').body).length, 20);
  });

  it('gives the lines after the last chunk', () => {
    assert.deepEqual(readBody(bytes('0\r\na: 1\r\nb: 2\r\n\r\n'), 'chunked').trailerLines, ['a: 1', 'b: 2']);
  });

  for (const text of ['', '0', '0\r\n', '-1\r\n', '123456789\r\n', '2\r\nabc\r\n0\r\n\r\n', '2\r\na', 'x\r\n']) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => readBody(bytes(text), 'chunked'), BodyFault);
    });
  }
});
