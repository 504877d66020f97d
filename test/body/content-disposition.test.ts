import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseContentDisposition } from '../../src/body/content-disposition.ts';

describe('parseContentDisposition', () => {
  const fine = [
    ['form-data; name="a"', ['a'], []],
    ['FORM-DATA; NAME="a"', ['a'], []],
    ['form-data; name=a; filename=b.txt', ['a'], ['b.txt']],
    ['form-data;name="a";filename="b;c=d.txt"', ['a'], ['b;c=d.txt']],
    ['form-data; name = "a"', ['a'], []],
    ['form-data; name=""', [''], []],
    ['form-data; name="a";', ['a'], []],
    ['form-data; name="O\'Brien"', ["O'Brien"], []],
    ['form-data; name="a\\"b\\\\c\\d"', ['a"b\\c\\d'], []],
    ['form-data; name="a"; filename*=UTF-8\'\'%e2%82%ac.php', ['a'], ['\u00e2\u0082\u00ac.php']],
  ] as const;
  for (const [value, names, filenames] of fine) {
    it(`reads ${value}`, () => {
      const disposition = parseContentDisposition(value);
      assert.equal(disposition.type, 'form-data');
      assert.deepEqual(disposition.names, names);
      assert.deepEqual(disposition.filenames, filenames);
      assert.deepEqual(disposition.facts, []);
      assert.deepEqual(disposition.problems, []);
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
    it(`reports ${fact} for ${value}`, () => assert.ok(parseContentDisposition(value).facts.includes(fact)));
  }

  const ambiguous = [
    'form-data; name="a"; name="b"',
    'form-data; name="a"; filename="b"; filename="c"',
    'form-data; name="a',
    'form-data; name="a\\"',
    'form-data; name',
    'form-data; name="a"; filename*0="b"',
    'form-data; name="a"; size=1',
    'form-data name="a"',
    'form-data; name="a"; filename*=utf-7\'\'b',
    'form-data; name="a"; filename*=%41.php',
    'form-data; name="a"; filename*=UTF-8\'\'C:x',
  ];
  for (const value of ambiguous) {
    it(`finds a problem in ${value}`, () => assert.ok(parseContentDisposition(value).problems.length > 0));
  }

  it('decodes a file name in a wide charset, and keeps its bytes', () => {
    const value = "form-data; name=a; filename*=UTF-16LE''%3c%00%ac%20";
    assert.deepEqual(parseContentDisposition(value).filenames, ['<\0\u00ac ', '<\u00e2\u0082\u00ac']);
  });

  const spellings = [
    ['plain', 'form-data; name="q"'],
    ['plain', 'form-data; name="q"; filename="x.txt"'],
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
    it(`takes ${JSON.stringify(value)} for ${spelling}`, () =>
      assert.equal(parseContentDisposition(value).spelling, spelling));
  }

  it('reads a name with backslashes in each way', () => {
    const { names, unescapedNames } = parseContentDisposition('form-data; name="a\\b\\"c"');
    assert.deepEqual(names, ['a\\b"c']);
    assert.deepEqual(unescapedNames, ['ab"c', 'a\\b\\', 'a\\b\\"c']);
    const kept = parseContentDisposition('form-data; name="a\\\\b\\"c"').unescapedNames;
    assert.deepEqual(kept, ['a\\\\b\\', 'a\\\\b\\"c', 'a\\\\b"c']);
  });

  it('finds names behind what it cannot read', () => {
    assert.deepEqual(parseContentDisposition('form-data; x; =y;; name="a"').names, ['a']);
    assert.deepEqual(parseContentDisposition('').names, []);
  });
});
