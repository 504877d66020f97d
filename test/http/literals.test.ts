import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LiteralReader } from '../../src/http/literals.ts';
import { cutSeed } from '../support/cut-exchanges.ts';
import { EventLog, everyCut } from '../support/event-log.ts';

function read(chunks: readonly Uint8Array[], enter?: number): string[] {
  const log = new EventLog();
  const reader = new LiteralReader(log, { source: 'ARGS_POST_READING', name: 'q' });
  if (enter !== undefined) reader.enter(enter);
  for (const chunk of chunks) reader.write(chunk);
  reader.end();
  expect(log.fields.every(({ name, source }) => name === 'q' && source === 'ARGS_POST_READING')).toBe(true);
  expect(log.isOpen).toBe(false);
  return log.fields.map(({ value }) => Buffer.from(value, 'latin1').toString('utf8'));
}

const cases: readonly (readonly [text: string, literals: readonly string[], why: string])[] = [
  ['{"a":"\\u0031\\u0027"}', ['a', "1'"], 'JSON'],
  ["{'a':'x\\'y\\x41',}", ['a', "x'yA"], 'single quotes'],
  ['{"a":NaN,"b":"\\u003c"}', ['a', 'b', '<'], 'an invalid number'],
  ['{a:"1",// "\n"b":"2"}', ['1', 'b', '2'], 'a comment to the end of the line'],
  ['{/* " **/"b":"2"}', ['b', '2'], 'a comment with its end'],
  ['# "\r"b"', ['b'], 'a comment of GraphQL'],
  ['{f(a:"\\u{27}x" b:["1" "2"])}', ["'x", '1', '2'], 'GraphQL'],
  ['{f(a:"""x " \\""" \\u0027""" b:"\\u0027")}', ['x " \\""" \\u0027', "'"], 'a block of GraphQL'],
  ['["","","a"]', ['', '', 'a'], 'empty literals'],
  ['""', [''], 'an empty literal alone'],
  ['""" a', [' a'], 'a block that does not end'],
  ['"a""b"', ['a', 'b'], 'literals side by side'],
  ['"\\ud834\\udd1e\\ud834x"', ['\u{1d11e}\ufffd\ufffd\ufffdx'], 'surrogates'],
  ['"\\u00zz\\q\\\\"', ['\\u00zzq\\'], 'escapes that are none'],
  ['"a\\\nb\\\r\nc"', ['ab\nc'], 'line ends behind a backslash'],
  ['"a\nb', ['a\nb'], 'a literal that does not end'],
  ['"a\\u00', ['a\\u00'], 'an escape that does not end'],
  ["it's a rock'n'roll", [], 'words with apostrophes'],
  ['a / b / "c"', ['c'], 'slashes'],
  ['http:/x"y" "z"', ['z'], 'a quote behind a word'],
  ['', [], 'nothing'],
];

describe('LiteralReader', () => {
  for (const [text, expected, why] of cases) {
    it(`reads ${why}: ${JSON.stringify(text)}, at every cut`, () => {
      for (const { name, chunks } of everyCut(Buffer.from(text))) expect(read(chunks), name).toStrictEqual(expected);
    });
  }

  it('begins inside a literal', () => {
    expect(read([Buffer.from('a\\u0031","b"')], 0x22)).toStrictEqual(['a1', 'b']);
  });

  it('reads what JSON.stringify writes, at random cuts', () => {
    const strings = fc.array(fc.string({ unit: 'grapheme', maxLength: 8 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(strings, fc.array(fc.nat(60)), (texts, cuts) => {
        const bytes = Buffer.from(JSON.stringify(texts).replace(/[<'a-f]/g, escapeOf));
        const ends = [...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
        const chunks = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
        expect(read(chunks)).toStrictEqual(texts);
      }),
      { seed: cutSeed },
    );
  });
});

/** Letters of JSON's own escapes are kept after a backslash. */
function escapeOf(letter: string, offset: number, text: string): string {
  if (/\\(?:u[0-9a-f]{0,4})?$/.test(text.slice(Math.max(0, offset - 6), offset))) return letter;
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
