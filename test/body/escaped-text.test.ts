import { describe, expect, it } from 'vitest';
import { EscapedTextDecoder, openEscapedText } from '../../src/body/escaped-text.ts';
import { everyCut, runDecoder } from '../support/event-log.ts';

/** What is reported for the text; the log writes a backslash as `\x5c`. */
const cases: readonly (readonly [text: string, told: string])[] = [
  ['q: "\\x27 or 1=1"', 'q: "\' or 1=1"'],
  ['q = "\\u0027 or 1=1"', 'q = "\' or 1=1"'],
  ['q: "\\U00000027 or 1=1"', 'q: "\' or 1=1"'],
  ['q: "\\x3cscript\\x3E"', 'q: "<script>"'],
  ['q: "\\/etc\\/passwd"', 'q: "/etc/passwd"'],
  ['q: "a\\"b\\\\x27"', 'q: "a"b\\x5cx27"'],
  ['q: "1\\_or\\ 1"', 'q: "1\\xc2\\xa0or 1"'],
  ['q: "\\uff07\\L\\N"', 'q: "\\xef\\xbc\\x87\\xe2\\x80\\xa8\\xc2\\x85"'],
  ['q: "un\\\n   ion"', 'q: "union"'],
  ['q = """un\\\r\n \t\r\n ion"""', 'q = """union"""'],
  // Neither quotes nor comments of other languages hide an escape.
  ['a: x "c\nd: "\\x27"', 'a: x "c\\x0ad: "\'"'],
  ['a: //\nb: "\\x27"', 'a: //\\x0ab: "\'"'],
  ['a: \'\\\'\nb: "\\x27"', "a: '\\x5c'\\x0ab: \"'\""],
  // What is not an escape stays unchanged.
  ['C:\\dir\\xyz', 'C:\\x5cdir\\x5cxyz'],
  ['\\u00', '\\x5cu00'],
  ['\\U0000002', '\\x5cU0000002'],
  ['\\u002\\x27', "\\x5cu002'"],
  ['a\\', 'a\\x5c'],
  ['\\UFFFFFFFF', '\\xf4\\x8f\\xbf\\xbf'],
];

const reading = { source: 'REQUEST_BODY_READING', name: '' } as const;

describe('EscapedTextDecoder', () => {
  for (const [text, told] of cases) {
    it(`reads ${JSON.stringify(text)}, at every cut`, () => {
      for (const { name, chunks } of everyCut(Buffer.from(text, 'latin1'))) {
        const lines = runDecoder((sink) => new EscapedTextDecoder(sink, reading), chunks);
        expect(lines, name).toStrictEqual([`REQUEST_BODY_READING  = ${told}`]);
      }
    });
  }

  it('reports no field for an empty body', () => {
    expect(runDecoder((sink) => new EscapedTextDecoder(sink, reading), [])).toStrictEqual([]);
  });
});

describe('openEscapedText', () => {
  it('reads text in UTF-16', () => {
    const text = Buffer.from('q: "\\x27 or 1=1"', 'utf16le');
    const lines = runDecoder((sink) => openEscapedText(sink, { ...reading, label: '' }), [text]);
    expect(lines).toContain('REQUEST_BODY_READING  = q: "\' or 1=1"');
  });
});
