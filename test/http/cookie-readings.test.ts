import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runAtOnce } from '../../src/base/turn.ts';
import { mayReadFurther, readCookiesFurther } from '../../src/http/cookie-readings.ts';
import { EventLog } from '../support/event-log.ts';

function readingsOf(headers: readonly string[], nameBytesMax = 4096): string[] {
  const logs: EventLog[] = [];
  const openReading = (): EventLog => {
    const log = new EventLog();
    logs.push(log);
    return log;
  };
  runAtOnce(readCookiesFurther(headers, { openReading, nameBytesMax, limits: { valueReadingDepthMax: 2 } }));
  const fields = logs.flatMap((log) => log.fields);
  expect(fields.every(({ source }) => source === 'REQUEST_COOKIES_READING')).toBe(true);
  return fields.map(({ name, value }) => `${name}=${value}`);
}

const cases: readonly (readonly [header: string, readings: readonly string[], why: string])[] = [
  ['a=1; b=%22x%22', [], 'nothing to read further'],
  ['a="x y"', [], 'quotes alone'],
  ['a="\\061\\047\\040\\165nion"', ["a=1' union"], 'octal escapes'],
  ['$Version=1; a="\\061\\"\\x"; $Path="/"', ['a=1"x'], 'an old cookie'],
  ['a = "\\061"', ['a=1'], 'white space at the equals sign'],
  ['a="\\400\\08\\9"', ['a=400089'], 'digits that are not a byte'],
  ['a="x; b=y"; c=1', ['a=x; b=y'], 'a semicolon in quotes'],
  ['a="x\\"; b=\\073y"', ['a=x\\', 'a=x"; b=;y'], 'a quote with a backslash inside quotes'],
  ['a="x\\";b=1', ['a=x\\'], 'quotes that end with a backslash'],
  ['a="x;b=1', [], 'a quote that does not end'],
  ['select 1', ['=select 1'], 'no equals sign'],
  ['"\\061"', ['="\\061"', '=1'], 'the same in quotes'],
  ['a=1; x y ;b=2', ['=x y'], 'one without among others'],
  ['a=j%3A%7B%22q%22%3A%22%5Cu0031%22%7D', ['a=q', 'a=1'], 'JSON of Express'],
  ['a=j:{"q":"\\u0031"}', ['a=q', 'a=1'], 'the same without escapes'],
  ['a=s%3Aj%3A%7B%22q%22%3A%22%5Cu0031%22%7D.c2ln', ['a=q', 'a=1'], 'signed JSON'],
  ['a=%7B%22q%22%3A%22%5Cu0031%22%7D', ['a=q', 'a=1'], 'JSON alone'],
  ['a="{\\"q\\":\\"\\\\u0031\\"}"', Array(2).fill(['a={"q":"\\u0031"}', 'a=q', 'a=1']).flat(), 'JSON in quotes'],
  ['a=j:"\\u0031"', ['a=1'], 'a string of JSON'],
  ['a="1\\u0027 x"', ['a=1u0027 x', "a=1' x"], 'a string of JSON whose quotes may be those of the cookie'],
  ['a="1\\x27 x"', ['a=1x27 x', "a=1' x"], 'a string of JSON5 like that'],
  ["a='1\\u0027 x'", ["a=1' x"], 'a string in single quotes'],
  ['a=%221%5Cu0027%22', ["a=1'"], 'a string of JSON, escaped'],
  ['a=cb({"q":"\\u0031"})', ['a=q', 'a=1'], 'JSON in a call'],
  ['a=query{a(b:"\\u0031")}', ['a=1'], 'GraphQL'],
  ['a=s:plain.sig', [], 'a signed text'],
  ['', [], 'nothing'],
];

describe('readCookiesFurther', () => {
  for (const [header, expected, why] of cases) {
    it(`reads ${JSON.stringify(header)}: ${why}`, () => expect(readingsOf([header])).toStrictEqual(expected));
  }

  it('treats several headers as one', () => {
    expect(readingsOf(['a="x', ' b=y"'])).toStrictEqual(['a=x; b=y']);
  });

  it('keeps long names as other cookies do', () => {
    expect(readingsOf(['abcdef="\\061"'], 4)).toStrictEqual(['abcd=abcdef', 'abcd=1']);
  });
});

describe('mayReadFurther', () => {
  it('skips cookies that browsers send', () => {
    for (const header of [
      'a=1; b=2',
      'session=4f1c; theme=dark;',
      '_ga=GA1.2.3; x=%20y',
      'a=s%3Aplain.sig',
      'a==',
      '',
      ' ; ',
    ]) {
      expect(mayReadFurther(header), header).toBeFalsy();
    }
  });

  it('skips no header that has an alternate reading', () => {
    const parts = [...'ab=;:"\' ,{[}]\\%', 'j:', 's:', '%7B', '%22', '%27', '%3A', '%6a', '"\\061"', 'a=1'];
    const headers = fc.array(fc.constantFrom(...parts), { maxLength: 12 }).map((some) => some.join(''));
    fc.assert(
      fc.property(fc.array(headers, { maxLength: 2 }), (some) => {
        if (!some.some(mayReadFurther)) expect(readingsOf(some)).toStrictEqual([]);
      }),
      { numRuns: 3_000 },
    );
  });
});
