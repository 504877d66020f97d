// Content types by sniffing.

import { describe, expect, it } from 'vitest';
import { sniffContentType } from '../../src/ftw/content-sniffer.ts';

const cases: readonly (readonly [text: string, type: string])[] = [
  ['plain words', 'text/plain; charset=utf-8'],
  ['', 'text/plain; charset=utf-8'],
  ['{"a": 1}', 'text/plain; charset=utf-8'],
  ['\ta\n\x1b[0m\xff', 'text/plain; charset=utf-8'],
  ['a\0b', 'application/octet-stream'],
  ['\x0e', 'application/octet-stream'],
  ['<!DOCTYPE HTML>', 'text/html; charset=utf-8'],
  [' \r\n<Html lang', 'text/html; charset=utf-8'],
  ['<p>a', 'text/html; charset=utf-8'],
  ['<pre>a', 'text/plain; charset=utf-8'],
  ['<!-- a', 'text/html; charset=utf-8'],
  ['<?xml version', 'text/xml; charset=utf-8'],
  ['a <html>', 'text/plain; charset=utf-8'],
  [`${' '.repeat(512)}\0`, 'text/plain; charset=utf-8'],
];

describe('sniffContentType', () => {
  for (const [text, type] of cases) {
    it(`finds ${type} for ${JSON.stringify(text.slice(0, 20))}`, () => {
      expect(sniffContentType(Buffer.from(text, 'latin1'))).toBe(type);
    });
  }
});
