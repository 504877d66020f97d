import { describe, expect, it } from 'vitest';
import { readCookies } from '../../src/http/cookies.ts';
import { EventLog } from '../support/event-log.ts';

function cookiesOf(header: string, nameBytesMax = 4096): string[][] {
  const log = new EventLog();
  readCookies(header, log, nameBytesMax);
  expect(log.fields.every((field) => field.source === 'REQUEST_COOKIES')).toBe(true);
  return log.fields.map((field) => [field.name, field.value]);
}

const cases: readonly { readonly header: string; readonly cookies: string[][]; readonly why: string }[] = [
  {
    header: 'a=1; b=2',
    cookies: [
      ['a', '1'],
      ['b', '2'],
    ],
    why: 'two cookies',
  },
  {
    header: 'a=1;b=2',
    cookies: [
      ['a', '1'],
      ['b', '2'],
    ],
    why: 'no space',
  },
  {
    header: ' a=1 ;\t b=2 \t',
    cookies: [
      ['a', '1'],
      ['b', '2'],
    ],
    why: 'white space around',
  },
  { header: 'a = 1', cookies: [['a ', ' 1']], why: 'white space at the equals sign stays' },
  { header: 'a', cookies: [['a', '']], why: 'no equals sign' },
  { header: 'a=', cookies: [['a', '']], why: 'empty value' },
  { header: 'a=b=c', cookies: [['a', 'b=c']], why: 'the first equals sign splits' },
  {
    header: '=x; a=1',
    cookies: [
      ['', 'x'],
      ['a', '1'],
    ],
    why: 'a cookie without a name is seen',
  },
  { header: ';;a=1;; ;', cookies: [['a', '1']], why: 'empty segments' },
  {
    header: 'a=1; a=2; A=3',
    cookies: [
      ['a', '1'],
      ['a', '2'],
      ['A', '3'],
    ],
    why: 'duplicates',
  },
  { header: 'a="x y"', cookies: [['a', '"x y"']], why: 'quotes kept' },
  {
    header: 'a="x;b=y"',
    cookies: [
      ['a', '"x'],
      ['b', 'y"'],
    ],
    why: 'quotes do not protect',
  },
  { header: 'a=%41+b', cookies: [['a', '%41+b']], why: 'nothing decoded' },
  {
    header: '$Version=1; a=1, b=2',
    cookies: [
      ['$Version', '1'],
      ['a', '1, b=2'],
    ],
    why: 'a comma does not separate',
  },
  { header: '__proto__=\u0000\u00ff', cookies: [['__proto__', '\u0000\u00ff']], why: 'any byte' },
  { header: '', cookies: [], why: 'an empty header' },
];

describe('readCookies', () => {
  for (const { header, cookies, why } of cases) {
    it(`reads ${JSON.stringify(header)}: ${why}`, () => expect(cookiesOf(header)).toStrictEqual(cookies));
  }

  it('keeps a name on the limit', () => {
    expect(cookiesOf('abcd=1', 4)).toStrictEqual([['abcd', '1']]);
  });

  it('also reports a complete name above the limit as a value', () => {
    expect(cookiesOf('abcde=1', 4)).toStrictEqual([
      ['abcd', 'abcde'],
      ['abcd', '1'],
    ]);
  });
});
