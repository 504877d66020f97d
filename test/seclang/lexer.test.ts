import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lexDirectives, PlacedText, SourceText, trimBlankEnd, unescapeQuotes } from '../../src/seclang/lexer.ts';

/** Directives as lists of words; an error as its message. */
function lex(text: string): (readonly string[] | string)[] {
  return [...lexDirectives(new SourceText('x.conf', text))].map((lexed) =>
    'error' in lexed ? lexed.error.message : lexed.words.map((word) => word.text),
  );
}

/** `line:column` of each word's first character. */
function places(text: string): string[] {
  return [...lexDirectives(new SourceText('x.conf', text))].flatMap((lexed) =>
    'error' in lexed ? [] : lexed.words.map((word) => `${word.locate(0).line}:${word.locate(0).column}`),
  );
}

const cases: readonly { name: string; text: string; expected: (readonly string[] | string)[] }[] = [
  { name: 'splits at white space', text: 'SecRule ARGS\t@x  y\n', expected: [['SecRule', 'ARGS', '@x', 'y']] },
  { name: 'needs no newline at the end', text: 'A b', expected: [['A', 'b']] },
  { name: 'skips empty lines and comments', text: '\n  \n# A b\n   # c\nA b\n', expected: [['A', 'b']] },
  {
    name: 'reads CR LF',
    text: 'A b\r\nC "d"\r\n',
    expected: [
      ['A', 'b'],
      ['C', 'd'],
    ],
  },
  { name: 'skips a byte order mark', text: '\xef\xbb\xbfA b', expected: [['A', 'b']] },
  { name: 'joins continued lines', text: 'A \\\n  b \\\n c', expected: [['A', 'b', 'c']] },
  { name: 'joins across CR LF', text: 'A \\\r\n  b', expected: [['A', 'b']] },
  { name: 'joins a word without white space around', text: 'AR\\\nGS b', expected: [['ARGS', 'b']] },
  { name: 'forgives white space behind the backslash', text: 'A \\  \n  b', expected: [['A', 'b']] },
  { name: 'joins inside quotes, keeping what follows', text: 'A "b,\\\n  c"', expected: [['A', 'b,  c']] },
  { name: 'takes a backslash at the end of the file', text: 'A b \\', expected: [['A', 'b']] },
  { name: 'ignores a continuation of nothing', text: '\\\n\\\nA b', expected: [['A', 'b']] },
  { name: 'skips comments between continued lines', text: 'A \\\n# no "quote\n  # more\n b', expected: [['A', 'b']] },
  { name: 'does not continue a comment', text: '# c \\\nA b', expected: [['A', 'b']] },
  { name: 'reads an escaped quote', text: 'A "b\\"c"', expected: [['A', 'b"c']] },
  { name: 'reads an escaped quote in single quotes', text: "A 'b\\'c'", expected: [['A', "b'c"]] },
  { name: 'keeps the other quote with its backslash', text: 'A "b\\\'c"', expected: [['A', "b\\'c"]] },
  { name: 'keeps other backslashes', text: 'A "\\d\\x5c\\."', expected: [['A', '\\d\\x5c\\.']] },
  { name: 'keeps two backslashes two', text: 'A "\\\\" b', expected: [['A', '\\\\', 'b']] },
  { name: 'reads a quote behind two backslashes as the end', text: 'A "a\\\\"', expected: [['A', 'a\\\\']] },
  { name: 'keeps a quote inside a bare word', text: 'A a"b\'c', expected: [['A', 'a"b\'c']] },
  { name: 'keeps a hash inside a line', text: 'A b#c "#d"', expected: [['A', 'b#c', '#d']] },
  { name: 'reads empty quotes', text: 'A "" \'\'', expected: [['A', '', '']] },
  {
    name: 'reads a raw block of SecDataset',
    text: 'SecDataset x `\na\\"b\n`\nA b',
    expected: [
      ['SecDataset', 'x', '\na\\"b\n'],
      ['A', 'b'],
    ],
  },
  { name: 'takes a backtick elsewhere as text', text: 'A `b`', expected: [['A', '`b`']] },
  {
    name: 'reports an open quote and continues',
    text: 'A "b\nC d',
    expected: [
      'x.conf:1:3: quote " is not closed on this line (end the line with a backslash to continue it): "\\"b"',
      ['C', 'd'],
    ],
  },
  {
    name: 'goes on behind all lines that an open quote continues over',
    text: 'A "b \\\n c\nC d',
    expected: [
      'x.conf:1:3: quote " is not closed on this line (end the line with a backslash to continue it): "\\"b \\\\"',
      ['C', 'd'],
    ],
  },
  {
    name: 'reports text behind a closing quote',
    text: 'A "b"c',
    expected: ['x.conf:1:6: white space is missing after the closing quote (write \\" for a quote inside quotes): "c"'],
  },
  {
    name: 'reports a comment inside quotes',
    text: 'A "b,\\\n  # c,\\\n  d"\nE f',
    expected: [
      'x.conf:2:3: a comment inside quotes would become part of the text; remove the line: "# c,\\\\"',
      ['E', 'f'],
    ],
  },
  {
    name: 'reports an open raw block',
    text: 'SecDataset x `a\nb',
    expected: ['x.conf:1:14: backtick is not closed: "`a"', ['b']],
  },
];

describe('lexDirectives', () => {
  for (const { name, text, expected } of cases) {
    it(name, () => expect(lex(text)).toStrictEqual(expected));
  }

  it('returns lines and columns of words, also across continuation lines', () => {
    expect(places('A  b\n\n  C \\\n   "d" \\\n\te')).toStrictEqual(['1:1', '1:4', '3:3', '4:5', '5:2']);
  });

  it('counts columns in characters', () => {
    expect(places('A \xc3\xa9\xe2\x82\xac b')).toStrictEqual(['1:1', '1:3', '1:6']);
  });

  it('does not count the byte order mark', () => {
    expect(places('\xef\xbb\xbfA b')).toStrictEqual(['1:1', '1:3']);
  });

  it('locates every character of a word', () => {
    const word = [...lexDirectives(new SourceText('x', 'A "ab\\"c,\\\n  d"'))].flatMap((lexed) =>
      'error' in lexed ? [] : lexed.words.slice(1),
    )[0];
    expect(word?.text).toBe('ab"c,  d');
    const found = [...'ab"c,  d'].map((_, index) => word?.locate(index)).map((at) => `${at?.line}:${at?.column}`);
    expect(found).toStrictEqual(['1:4', '1:5', '1:7', '1:8', '1:9', '2:1', '2:2', '2:3']);
    expect(word?.locate(8)).toStrictEqual({ file: 'x', line: 2, column: 4 });
  });

  it('accepts any text, also a large one, or fails with its own error', () => {
    const text = fc.string({ unit: fc.constantFrom('\\', '"', "'", '\n', ' ', '#', 'a', '`', '\r', ',') });
    fc.assert(
      fc.property(text, (source) => {
        for (const lexed of lexDirectives(new SourceText('x', source))) expect(lexed.location.line).toBeGreaterThan(0);
      }),
    );
    for (const unit of ['\\ ', '"\\"', '\\\n', '# \n', '\\\n#\n', 'a "', '" \\\n', 'a b ']) {
      lex(unit.repeat(200_000));
    }
  });
});

describe('SourceText', () => {
  it('locates offsets in any order', () => {
    const source = new SourceText('x', 'ab\ncd\n\xc3\xa9f');
    const order = [8, 0, 4, 9, 3, 6, 1];
    const found = order.map((offset) => source.locate(offset)).map((at) => `${at.line}:${at.column}`);
    expect(found).toStrictEqual(['3:2', '1:1', '2:2', '3:3', '2:1', '3:1', '1:2']);
  });
});

describe('PlacedText', () => {
  it('counts from the place of its first character', () => {
    const text = new PlacedText('ARGS|FOO', { file: 'x', line: 3, column: 10 });
    expect(text.locate(5)).toStrictEqual({ file: 'x', line: 3, column: 15 });
    expect(text.error(5, 'FOO', 'unknown').message).toBe('x:3:15: unknown');
  });
});

describe('unescapeQuotes', () => {
  it('changes only the escaped quote', () => {
    expect(unescapeQuotes('a\\\'b\\\\c\\"d\\', "'")).toBe('a\'b\\\\c\\"d\\');
  });
});

describe('trimBlankEnd', () => {
  it('drops ASCII white space and keeps byte A0', () => {
    expect(trimBlankEnd('a\xa0 \t\r\n')).toBe('a\xa0');
    expect(trimBlankEnd(' \n')).toBe('');
  });
});
