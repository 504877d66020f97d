import { describe, expect, it } from 'vitest';
import { escapeText, printableText, quoteText } from '../../src/explain/show-value.ts';

const byteString = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

describe('escapeText', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['plain text', 'plain text'],
    ['a"b\\c', 'a\\"b\\\\c'],
    ['line\r\nend\tNUL\0', 'line\\r\\nend\\tNUL\\x00'],
    [byteString('für 漢字 €'), 'für 漢字 €'],
    ['\xff\xfe\xc3', '\\xff\\xfe\\xc3'],
    ['\x1b[2J\x7f\x9b', '\\x1b[2J\\x7f\\x9b'],
    [byteString('a\u202eb\u200bc\u0085'), 'a\\xe2\\x80\\xaeb\\xe2\\x80\\x8bc\\xc2\\x85'],
    ['\xc0\xaf\xe0\x80\xaf', '\\xc0\\xaf\\xe0\\x80\\xaf'],
  ];
  for (const [text, shown] of cases) {
    it(`shows ${JSON.stringify(text)}`, () => expect(escapeText(text)).toBe(shown));
  }

  it('escapes every byte that moves a cursor', () => {
    const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('latin1');
    expect(escapeText(all)).not.toMatch(/\p{C}/u);
  });
});

describe('printableText', () => {
  it('leaves the text of rules readable', () => {
    expect(printableText('@rx (?i)\\bunion\\s"')).toBe('@rx (?i)\\bunion\\s"');
    expect(printableText('a\nb\x1b')).toBe('a\\nb\\x1b');
  });
});

describe('quoteText', () => {
  it('quotes and cuts', () => {
    expect(quoteText('abc', 10)).toBe('"abc"');
    expect(quoteText('abcdef', 3)).toBe('"abc"…');
  });

  it('marks a place', () => {
    expect(quoteText('abcdef', 10, { from: 2, to: 4 })).toBe('"ab»cd«ef"');
    expect(quoteText('abc', 10, { from: 3, to: 3 })).toBe('"abc»«"');
  });

  it('cuts around a place', () => {
    const text = `${'a'.repeat(50)}HERE${'b'.repeat(50)}`;
    expect(quoteText(text, 10, { from: 50, to: 54 })).toBe('…"aaa»HERE«bbb"…');
    expect(quoteText(text, 6, { from: 0, to: 104 })).toBe('"»aaaaaa…«"');
  });
});
