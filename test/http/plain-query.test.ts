import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toBytes } from '../../src/base/bytes.ts';
import { plainPairs } from '../../src/http/plain-query.ts';
import { PairReader } from '../../src/http/urlencoded.ts';
import { ValueReadings } from '../../src/http/value-readings.ts';
import { EventLog } from '../support/event-log.ts';

const nameBytesMax = 6;

/** The general reader's result for a query: its pairs, alternate readings and whether an escape is invalid. */
function readerOf(query: string, separator: string) {
  const log = new EventLog();
  const readings = new EventLog();
  const openReading = (): EventLog => readings;
  const sink = new ValueReadings(log, { openReading, limits: { valueReadingDepthMax: 2 } });
  const narrow = { sink: readings, tailBytesMax: 64 };
  const reader = new PairReader(sink, { source: 'ARGS_GET', nameBytesMax, separator, narrow });
  reader.write(toBytes(query));
  reader.end();
  const pairs = log.fields.flatMap(({ name, value }) => [name, value]);
  return { pairs, hasMore: readings.fields.length > 0 || reader.hasInvalidEscape || reader.unreadBytes > 0 };
}

const plain: readonly (readonly [query: string, pairs: readonly string[]])[] = [
  ['', []],
  ['a=1&b=2', ['a', '1', 'b', '2']],
  ['a&&b=&=c&', ['a', '', 'b', '', '', 'c']],
  ['a=b=c', ['a', 'b=c']],
  ['a%3d=%26+%2B', ['a=', '& +']],
  ['a=%c3%a9\xc3\xa9', ['a', '\xc3\xa9\xc3\xa9']],
  ['query=%7Buser%7D', ['query', '{user}']],
  ['%22=1', ['"', '1']],
  ['a=select+1', ['a', 'select 1']],
];

const others = [
  ...['a=%', 'a=%4', 'a=%zz', 'a=%%41', 'a=\xc4\xbc', 'a="x"', "a=O'Brien", 'a=%22', 'a=%27', 'a=f({%22x%22:1})'],
  ...['abcdefg=1', 'abc%64efg', 'a=1&a=%&b=2'],
];

describe('plainPairs', () => {
  for (const [query, pairs] of plain) {
    it(`reads ${JSON.stringify(query)}`, () => {
      expect(plainPairs(query, { separator: '&', nameBytesMax })).toStrictEqual(pairs);
      expect(readerOf(query, '&')).toStrictEqual({ pairs, hasMore: false });
    });
  }

  for (const query of others) {
    it(`leaves ${JSON.stringify(query)} to the general reader`, () =>
      expect(plainPairs(query, { separator: '&', nameBytesMax })).toBe(undefined));
  }

  it('leaves separators other than those of URLs to the general reader', () => {
    for (const separator of ['=', '+', '%', '|']) {
      expect(plainPairs('a=1', { separator, nameBytesMax })).toBe(undefined);
    }
  });

  it('reads every query as the general reader does, or not at all', () => {
    const parts = [
      ...'ab=&;+ %{["\'\xc4\xc3\xa9',
      '%27',
      '%41',
      '%7b',
      '%26',
      '%3D',
      '%25',
      'query',
      'fragment',
      '==',
      '&&',
    ];
    const queries = fc.array(fc.constantFrom(...parts), { maxLength: 14 }).map((some) => some.join(''));
    fc.assert(
      fc.property(queries, fc.constantFrom('&', ';'), (query, separator) => {
        const pairs = plainPairs(query, { separator, nameBytesMax });
        if (pairs !== undefined) expect({ pairs, hasMore: false }).toStrictEqual(readerOf(query, separator));
      }),
      { numRuns: 3_000 },
    );
  });
});
