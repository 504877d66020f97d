// Bodies in memory.

import { describe, expect, it } from 'vitest';
import { BodyFault, readBody } from '../../src/ftw/http-body.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('readBody', () => {
  it('returns a view of the given number of bytes', () => {
    const source = bytes('abcdef');
    const { body } = readBody(source, 4);
    expect(Buffer.from(body).toString()).toBe('abcd');
    source[0] = 0x78;
    expect(body[0], 'it was copied').toBe(0x78);
  });

  it('reads chunk sizes of either case, and LF as a line end', () => {
    expect(Buffer.from(readBody(bytes('a\n0123456789\nA\n0123456789\n0\n\n'), 'chunked').body).length).toBe(20);
  });

  it('returns the lines after the last chunk', () => {
    expect(readBody(bytes('0\r\na: 1\r\nb: 2\r\n\r\n'), 'chunked').trailerLines).toStrictEqual(['a: 1', 'b: 2']);
  });

  for (const text of ['', '0', '0\r\n', '-1\r\n', '123456789\r\n', '2\r\nabc\r\n0\r\n\r\n', '2\r\na', 'x\r\n']) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(() => readBody(bytes(text), 'chunked')).toThrow(BodyFault);
    });
  }
});
