import { describe, expect, it } from 'vitest';
import { parseContentDisposition } from '../../../src/body/multipart/content-disposition.ts';

describe('parseContentDisposition', () => {
  const fine = [
    ['form-data; name="a"', ['a'], []],
    ['FORM-DATA; NAME="a"', ['a'], []],
    ['form-data; name=a; filename=b.txt', ['a'], ['b.txt']],
    ['form-data;name="a";filename="b;c=d.txt"', ['a'], ['b;c=d.txt']],
    ['form-data; name = "a"', ['a'], []],
    ['form-data; name=""', [''], []],
    ['form-data; name="a";', ['a'], []],
    ['form-data; name="a"; size=1', ['a'], []],
    [
      'form-data; filename="b.txt"; modification-date="Mon, 25 Apr 2016 10:40:18 GMT"; size=46; name="a"',
      ['a'],
      ['b.txt'],
    ],
    ['form-data; name=a; creation-date="Mon, 25 Apr 2016 10:40:18 +0200"; read-date=""', ['a'], []],
    ['form-data; name="O\'Brien"', ["O'Brien"], []],
    ['form-data; name="a\\"b\\\\c\\d"', ['a"b\\c\\d'], []],
    ['form-data; name="a"; filename*=UTF-8\'\'%e2%82%ac.php', ['a'], ['\u00e2\u0082\u00ac.php']],
  ] as const;
  for (const [value, names, filenames] of fine) {
    it(`reads ${value}`, () => {
      const disposition = parseContentDisposition(value);
      expect(disposition.type).toBe('form-data');
      expect(disposition.names).toStrictEqual(names);
      expect(disposition.filenames).toStrictEqual(filenames);
      expect(disposition.facts).toStrictEqual([]);
      expect(disposition.problems).toStrictEqual([]);
    });
  }

  const odd = [
    ['form-data name="a"', 'MULTIPART_MISSING_SEMICOLON'],
    ['form-data; name="a" filename="b"', 'MULTIPART_MISSING_SEMICOLON'],
    ['form-data; name="a"x', 'MULTIPART_MISSING_SEMICOLON'],
    ["form-data; name='a'", 'MULTIPART_INVALID_QUOTING'],
    ['form-data; name=a"b', 'MULTIPART_INVALID_QUOTING'],
  ] as const;
  for (const [value, fact] of odd) {
    it(`reports ${fact} for ${value}`, () => expect(parseContentDisposition(value).facts.includes(fact)).toBe(true));
  }

  const ambiguous = [
    'form-data; name="a"; name="b"',
    'form-data; name="a"; filename="b"; filename="c"',
    'form-data; name="a',
    'form-data; name="a\\"',
    'form-data; name',
    'form-data; name="a"; filename*0="b"',
    'form-data; name="a"; x=1',
    'form-data; name="a"; size=1x',
    'form-data; name="a"; size="1\\"; filename=b"',
    'form-data; name="a"; read-date="b=c"',
    'form-data; name="a"; modification-date="\\"; filename=b"',
    'form-data name="a"',
    'form-data; name="a"; filename*=utf-7\'\'b',
    'form-data; name="a"; filename*=%41.php',
    'form-data; name="a"; filename*=UTF-8\'\'C:x',
    'form-data; name="a\x1f"',
    'form-data; name="\0a"; filename="x"',
    'form-data; name=" \ta"',
    'form-data; name="a\x01 "',
  ];
  for (const value of ambiguous) {
    it(`finds a problem in ${value}`, () => expect(parseContentDisposition(value).problems.length).toBeGreaterThan(0));
  }

  it('finds no problem in spaces around a name, or in control characters inside it', () => {
    for (const name of [' a ', 'a\x1fb', 'a b']) {
      expect(parseContentDisposition(`form-data; name="${name}"`).problems, name).toStrictEqual([]);
    }
  });

  it('decodes a file name in a wide charset, and keeps its bytes', () => {
    const value = "form-data; name=a; filename*=UTF-16LE''%3c%00%ac%20";
    expect(parseContentDisposition(value).filenames).toStrictEqual(['<\0\u00ac ', '<\u00e2\u0082\u00ac']);
  });

  const spellings = [
    ['plain', 'form-data; name="q"'],
    ['plain', 'form-data; name="q"; filename="x.txt"'],
    ['plain', 'form-data; filename="x"; modification-date="Mon, 25 Apr 2016 10:40:18 GMT"; size=46; name="q"'],
    ['odd', 'form-data; name="q"; modification-date=\'Mon\''],
    ['odd', 'form-data; name="q"; size="46"'],
    ['plain', 'form-data; filename="x.txt"; name="q"'],
    ['plain', 'form-data; name=q; filename=x.txt'],
    ['plain', 'form-data;name="q";filename="x.txt"'],
    ['plain', 'form-data; name="q"; filename="C:\\dir\\x (1).txt"'],
    ['plain', 'form-data; name="q"; filename="x"; filename*=utf-8\'\'x%20(1)'],
    ['plain', 'form-data; name="filename"'],
    ['escaped', 'form-data; name="q"; filename="a\\"b.txt"'],
    ['escaped', 'form-data; name="q"; filename="a\\\\"'],
    ['odd', 'form-data; name="q"; filename*=UTF-8\'\'x'],
    ['odd', 'form-data; name="q"; filename ="x"'],
    ['odd', 'form-data; name="q";filename\t="x"'],
    ['odd', 'form-data; name="q"; FILENAME="x"'],
    ['odd', 'form-data; name="q";  filename="x"'],
    ['odd', 'form-data; name="q\\\\"; filename="x"'],
    ['odd', 'form-data; name="q\\"; filename="x"'],
    ['odd', 'form-data; name="q"; filename=\'x\''],
    ['odd', 'form-data; name="q"; filename="x'],
    ['odd', 'form-data; name="q"; filename="x";'],
    ['odd', 'form-data; name="q" filename="x"'],
    ['odd', 'form-data; name="q", filename="x"'],
    ['odd', 'form-data; name="q"; filename="x\0y"'],
    ['odd', ';;name=\'q\';filename="x"'],
    ['odd', 'FORM-DATA; name="q"; filename="x"'],
  ] as const;
  for (const [spelling, value] of spellings) {
    it(`classifies ${JSON.stringify(value)} as ${spelling}`, () =>
      expect(parseContentDisposition(value).spelling).toBe(spelling));
  }

  it('reads a name with backslashes in each way', () => {
    const { names, otherNames } = parseContentDisposition('form-data; name="a\\b\\"c"');
    expect(names).toStrictEqual(['a\\b"c']);
    expect(otherNames).toStrictEqual(['ab"c', 'a\\b\\', 'a\\b\\"c']);
    const kept = parseContentDisposition('form-data; name="a\\\\b\\"c"').otherNames;
    expect(kept).toStrictEqual(['a\\\\b\\', 'a\\\\b\\"c', 'a\\\\b"c']);
  });

  const blanks = [
    ['a ', ['a']],
    [' a', ['a']],
    [' a ', ['a']],
    ['a\t', ['a']],
    [' a\\b ', [' ab ', 'a\\b', 'ab']],
    ['a b', []],
    [' ', []],
  ] as const;
  for (const [name, others] of blanks) {
    it(`also reads the name ${JSON.stringify(name)} without its spaces`, () => {
      const { names, otherNames } = parseContentDisposition(`form-data; name="${name}"`);
      expect(names).toStrictEqual([name]);
      expect(otherNames).toStrictEqual(others);
    });
  }

  it('finds names after what it cannot read', () => {
    expect(parseContentDisposition('form-data; x; =y;; name="a"').names).toStrictEqual(['a']);
    expect(parseContentDisposition('').names).toStrictEqual([]);
  });
});
