import { parse } from 'node:querystring';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PairReader } from '../../src/http/urlencoded.ts';
import { cutSeed } from '../support/cut-exchanges.ts';
import { EventLog, everyCut } from '../support/event-log.ts';

interface Reading {
  readonly values: string[];
  readonly unreadBytes: number;
}

function read(chunks: readonly Uint8Array[], tailBytesMax = 64): Reading {
  const sink = new EventLog();
  const options = { source: 'ARGS_POST', nameBytesMax: 4096, narrow: { sink, tailBytesMax } } as const;
  const reader = new PairReader(new EventLog(), options);
  for (const chunk of chunks) reader.write(chunk);
  reader.end();
  expect(sink.fields.every(({ source, name }) => source === 'ARGS_POST_READING' && name === '')).toBe(true);
  return { values: sink.fields.map(({ value }) => value), unreadBytes: reader.unreadBytes };
}

const cases: readonly (readonly [form: string, readings: readonly string[], why: string])[] = [
  ['a=1\u013cscript>%ff', ['1<script>\xff'], 'an escape that is not UTF-8'],
  ['a=%ff\u013c', ['\xff<'], 'the other way round'],
  ['a=\u013c%41%', ['<A%'], 'an invalid escape'],
  ['\u013c%80=x', ['<\x80'], 'a name'],
  ['a=\u013c%e2%82+b', ['<\xe2\x82 b'], 'an escaped letter that is not complete'],
  ['a=\u{1f600}%ff', ['=\x00\xff'], 'a letter of two units'],
  ['%E2%82%AC=\u013c%', ['<%'], 'escapes of the name'],
  ['t=\u2019%', [], 'no escape that decodes'],
  ['text=5% \u043d\u0430 \u0432\u0441\u0451', [], 'the same in Cyrillic'],
  ['t=\u0436%D0%B6', [], 'escapes that are UTF-8'],
  ['a=\u013c%41+b', [], 'escapes that are ASCII'],
  ['\u013c=%ff', [], 'in name and value apart'],
  ['%41=b&c=\u013c%', [], 'escapes of another pair'],
  ['%ff&\u013c%41', [], 'in two pairs'],
  ['a=\u00e9%ff', [], 'letters up to U+00FF'],
];

describe('NarrowLetters', () => {
  for (const [form, expected, why] of cases) {
    it(`reads ${JSON.stringify(form)} at every cut: ${why}`, () => {
      for (const { name, chunks } of everyCut(Buffer.from(form))) {
        expect(read(chunks), name).toStrictEqual({ values: [...expected], unreadBytes: 0 });
      }
    });
  }

  /** Bytes as escapes. */
  const escaped = (bytes: readonly number[]): string =>
    bytes.map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

  // RFC 3629 §4: the first and the last of each row of its grammar, and what is just outside of it.
  for (const [bytes, isLetter] of [
    [[0xc2, 0x80], true],
    [[0xdf, 0xbf], true],
    [[0xe0, 0xa0, 0x80], true],
    [[0xe1, 0x80, 0x80], true],
    [[0xed, 0x9f, 0xbf], true],
    [[0xee, 0x80, 0x80], true],
    [[0xef, 0xbf, 0xbf], true],
    [[0xf0, 0x90, 0x80, 0x80], true],
    [[0xf3, 0xbf, 0xbf, 0xbf], true],
    [[0xf4, 0x8f, 0xbf, 0xbf], true],
    [[0x80], false],
    [[0xbf], false],
    [[0xc0, 0x80], false],
    [[0xc1, 0xbf], false],
    [[0xc2], false],
    [[0xc2, 0x7f], false],
    [[0xc2, 0xc0], false],
    [[0xe0, 0x9f, 0xbf], false],
    [[0xe1, 0x80], false],
    [[0xe1, 0x80, 0x7f], false],
    [[0xed, 0xa0, 0x80], false],
    [[0xed, 0xbf, 0xbf], false],
    [[0xf0, 0x8f, 0xbf, 0xbf], false],
    [[0xf1, 0x80, 0x80], false],
    [[0xf4, 0x90, 0x80, 0x80], false],
    [[0xf5, 0x80, 0x80, 0x80], false],
    [[0xff], false],
  ] as const) {
    it(`${isLetter ? 'leaves alone' : 'reads'} a far letter and ${escaped(bytes)}, at every cut`, () => {
      const values = isLetter ? [] : [`<${Buffer.from(bytes).toString('latin1')}`];
      for (const { name, chunks } of everyCut(Buffer.from(`a=\u013c${escaped(bytes)}`))) {
        expect(read(chunks), name).toStrictEqual({ values, unreadBytes: 0 });
      }
    });
  }

  it('takes for a letter what a decoder of UTF-8 takes for one', () => {
    const strict = new TextDecoder('utf-8', { fatal: true });
    const isText = (bytes: readonly number[]): boolean => {
      try {
        strict.decode(Uint8Array.from(bytes));
        return true;
      } catch {
        return false;
      }
    };
    const rests = [[], [0x80], [0x80, 0x80], [0xbf, 0x41]];
    for (let first = 0x80; first <= 0xff; first += 1) {
      for (const second of [0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xe0, 0xff]) {
        for (const rest of rests) {
          const bytes = [first, second, ...rest];
          const { values } = read([Buffer.from(`a=\u013c${escaped(bytes)}`)]);
          expect(values.length === 0, escaped(bytes)).toBe(isText(bytes));
        }
      }
    }
  });

  it('keeps the end of earlier bytes, and counts the rest from the first letter on, at every cut', () => {
    const form = Buffer.from(`a=${'p'.repeat(20)}\u013c${'q'.repeat(12)}%41%ff`);
    for (const { name, chunks } of everyCut(form)) {
      expect(read(chunks, 8), name).toStrictEqual({ values: ['qqqqqqqA\xff'], unreadBytes: 6 });
    }
  });

  it('reads ASCII letters as Node does', () => {
    const piece = fc.constantFrom(
      '\u013c',
      '\u0436',
      '\u{1f600}',
      '\u00e9',
      '%41',
      '%ff',
      '%e2%82%ac',
      '%',
      '%c3',
      'a',
      '+',
      '<',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const text = pieces.join('');
        const [handed = ''] = Object.values(parse(`a%e2%82%ac=${text}`)).map(String);
        const plain = Buffer.from(text).toString('latin1');
        const ascii = (value: string): string => value.replace(/[^\x20-\x7e]/g, '');
        const seen = [decoded(plain), ...read([Buffer.from(`a%e2%82%ac=${text}`)]).values].map(ascii);
        expect(seen.includes(ascii(handed)), `${JSON.stringify(handed)} is not one of ${JSON.stringify(seen)}`).toBe(
          true,
        );
      }),
      { seed: cutSeed, numRuns: 500 },
    );
  });
});

const decoded = (text: string): string =>
  text
    .replaceAll('+', ' ')
    .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
