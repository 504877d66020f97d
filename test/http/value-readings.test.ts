import { describe, expect, it } from 'vitest';
import type { FieldSource } from '../../src/http/field.ts';
import { ValueReadings } from '../../src/http/value-readings.ts';
import { EventLog, everyCut, type LoggedField } from '../support/event-log.ts';

interface Asked {
  readonly source?: FieldSource;
  readonly name?: string;
  readonly chunks: readonly Uint8Array[];
  readonly depth?: number;
  readonly onUnread?: (bytes: number) => void;
}

/** The alternate readings of a value, level by level. */
function readingsOf({ source = 'ARGS_POST', name = 'q', chunks, depth = 2, onUnread }: Asked): LoggedField[] {
  const log = new EventLog();
  const readings: EventLog[] = [];
  const openReading = (): EventLog => {
    const reading = new EventLog();
    readings.push(reading);
    return reading;
  };
  const sink = new ValueReadings(log, { openReading, onUnread, limits: { valueReadingDepthMax: depth } });
  sink.begin(source, name);
  for (const chunk of chunks) if (chunk.length > 0) sink.write(chunk);
  sink.end();
  const whole = Buffer.concat(chunks).toString('latin1');
  expect(log.fields, 'the value itself is passed on').toStrictEqual([{ source, name, value: whole }]);
  expect(readings.length).toBeLessThanOrEqual(depth);
  return readings.flatMap(({ fields }) => fields);
}

const cases: readonly (readonly [value: string, literals: readonly string[], why: string])[] = [
  ['{"a":"\\u0031"}', ['a', '1'], 'JSON'],
  [' \r\n\ufeff["\\u0031"]', ['1'], 'JSON behind white space and a mark'],
  ['"\\u0031"', ['1'], 'JSON that is one string, as scripts put each argument'],
  ['"a" b', ['a'], 'a text that begins in quotes'],
  ['query($x:I="\\u0031"){a}', ['1'], 'GraphQL that begins with a word'],
  ['mutation{a(b:"\\u0031")}', ['1'], 'a mutation'],
  ['fragment f on T{a(b:"\\u0031")}', ['1'], 'a fragment'],
  ['queryx "\\u0031"', [], 'a word that only begins like one'],
  ['que', [], 'the beginning of a word'],
  ['text with "quotes"', [], 'text'],
  ['   ', [], 'white space'],
  ['', [], 'nothing'],
  ['cb({"a":"\\u0031"})', ['a', '1'], 'JSON in a call'],
  [')]}\',\n{"a":"\\u0031"}', ['a', '1'], 'JSON that no page can run'],
  ["{a:'\\x31'}", ['1'], 'JSON5'],
  ['{"q":"{\\"a\\":\\"\\\\u0031\\"}"}', ['q', '{"a":"\\u0031"}', 'a', '1'], 'JSON in JSON'],
];

describe('ValueReadings', () => {
  for (const [value, expected, why] of cases) {
    it(`reads ${why}, at every cut`, () => {
      for (const { name, chunks } of everyCut(Buffer.from(value))) {
        const fields = readingsOf({ chunks });
        expect(
          fields.map((field) => field.value),
          name,
        ).toStrictEqual(expected);
        expect(fields.every((field) => field.name === 'q' && field.source === 'ARGS_POST_READING')).toBe(true);
      }
    });
  }

  it('reads a field named query as GraphQL, whatever it begins with', () => {
    const chunks = [Buffer.from(',,{a(b:"\\u0031")}')];
    for (const name of ['query', 'json.query', 'json.0.query']) {
      expect(readingsOf({ name, chunks }).map(({ value }) => value)).toStrictEqual(['1']);
    }
    expect(readingsOf({ name: 'subquery', chunks })).toStrictEqual([]);
  });

  const nest = (text: string, levels: number): string =>
    levels === 0 ? text : nest(JSON.stringify({ a: text }), levels - 1);

  it('reports how many bytes of literals are too deep, at every cut', () => {
    for (const { name, chunks } of everyCut(Buffer.from(nest('xyz', 3)))) {
      for (const [depth, unread] of [
        [1, 1 + nest('xyz', 1).length],
        [2, 'axyz'.length],
        [3, 0],
      ] as const) {
        let bytes = 0;
        readingsOf({ chunks, depth, onUnread: (count) => (bytes += count) });
        expect(bytes, `${name}, depth ${depth}`).toBe(unread);
      }
    }
  });

  it('goes no deeper than is allowed', () => {
    const chunks = [Buffer.from(nest('x', 5))];
    for (const depth of [1, 2, 3]) {
      const values = readingsOf({ chunks, depth }).map(({ value }) => value);
      expect(values.filter((value) => value !== 'a')).toStrictEqual(
        Array.from({ length: depth }, (_, level) => nest('x', 4 - level)),
      );
    }
  });

  it('reads a string alone in cookies', () => {
    const chunks = [Buffer.from('"\\u0031"')];
    expect(readingsOf({ source: 'REQUEST_COOKIES', chunks }).map(({ value }) => value)).toStrictEqual(['1']);
  });

  it('leaves other fields alone', () => {
    const chunks = [Buffer.from('{"a":"b"}')];
    for (const source of ['XML_TEXT', 'FILES', 'FILE_CONTENT', 'REQUEST_HEADERS'] as const) {
      expect(readingsOf({ source, chunks })).toStrictEqual([]);
    }
    expect(readingsOf({ source: 'REQUEST_COOKIES', chunks }).map(({ source }) => source)).toStrictEqual([
      'REQUEST_COOKIES_READING',
      'REQUEST_COOKIES_READING',
    ]);
  });
});
