import { describe, expect, it } from 'vitest';
import { parseClass, simpleEscape } from '../../src/pattern/regex-class.ts';

/** The bytes of a class as a latin1 string. */
function bytesOf(source: string, foldCase = false): string {
  const parsed = parseClass(source, 0, foldCase);
  expect.assert('set' in parsed, 'reason' in parsed ? parsed.reason : '');
  expect(parsed.end).toBe(source.length);
  return Buffer.from([...parsed.set.bytes()]).toString('latin1');
}

const inOrder = (bytes: string) => Buffer.from(bytes, 'latin1').sort().toString('latin1');

/** Classes that V8 reads as PCRE does. */
const sharedWithV8 = [
  '[abc]',
  '[^abc]',
  '[a-z]',
  '[^a-z0-9]',
  '[-a]',
  '[a-]',
  '[a\\-z]',
  '[\\]]',
  '[a\\]b]',
  '[.*+?(){}|^$/]',
  '[\\x41-\\x43]',
  '[\\d]',
  '[^\\w]',
  '[\\d-z]',
  '[a-\\d]',
  '[\\n\\r\\t\\f]',
  '[\\x00-\\x1f]',
  '[\\x80-\\xff]',
  '[^\\x00-\\x7f]',
  '[\\\\]',
  '[!-~]',
  '["\'`]',
  '[ -/]',
  '[\\.\\[\\-]',
  '[[]',
  '[[a]',
  '[a[:]',
  '[\\b]',
  '[\\^a]',
  '[a^]',
  '[\\x4a]',
  '[\\cA]',
];

describe('parseClass', () => {
  for (const source of sharedWithV8) {
    it(`reads ${source} as V8 does`, () => {
      const oracle = new RegExp(`^${source}$`, 's');
      const expected = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).filter((byte) =>
        oracle.test(byte),
      );
      expect(bytesOf(source)).toBe(expected.join(''));
    });
  }

  const cases: readonly (readonly [source: string, expected: string])[] = [
    ['[]a]', ']a'],
    ['[]-a]', ']^_`a'],
    ['[[:digit:]]', '0123456789'],
    ['[[:xdigit:]_]', '0123456789ABCDEF_abcdef'],
    ['[\\h]', '\t \xa0'],
    ['[\\v]', '\n\v\f\r\x85'],
    ['[\\Qa]\\E]', ']a'],
    ['[\\Q^-]\\Eb]', '-]^b'],
    ['[a\\E-c]', 'abc'],
    ['[a-\\Ec]', 'abc'],
    ['[a-\\E]', '-a'],
    ['[Z-\\Q]\\E^]', 'Z[\\]^'],
    ['[\\E]a]', ']a'],
    ['[\\Q\\E]a]', ']a'],
    ['[\\Q^\\Ea]', '^a'],
    ['[\\101\\x{42}\\o{103}]', 'ABC'],
    ['[\\0]', '\0'],
    ['[\\e\\a]', '\x07\x1b'],
    ['[[:alpha]', ':[ahlp'],
    ['[a-\\x63]', 'abc'],
  ];
  for (const [source, expected] of cases) {
    it(`reads ${source}`, () => expect(bytesOf(source)).toBe(inOrder(expected)));
  }

  it('reads negated POSIX classes', () => {
    expect(bytesOf('[[:^digit:]]')).toBe(bytesOf('[^0-9]'));
    expect(bytesOf('[^[:^digit:]]')).toBe('0123456789');
    expect(bytesOf('[\\E^[:^digit:]]')).toBe('0123456789');
  });

  it('folds case before negation', () => {
    expect(bytesOf('[a-c]', true)).toBe('ABCabc');
    expect(bytesOf('[^a-zA-Z]', true)).toBe(bytesOf('[^a-z]', true));
    expect(bytesOf('[[:upper:]]', true)).toBe(bytesOf('[[:alpha:]]'));
    expect(bytesOf('[[:^upper:]]', true)).toBe(bytesOf('[[:^alpha:]]'));
    expect(bytesOf('[\\xe0]', true)).toBe('\xe0');
  });

  const bad: readonly (readonly [source: string, at: number, reason: RegExp])[] = [
    ['[abc', 0, /class is not closed/],
    ['[]', 0, /class is not closed/],
    ['[^]', 0, /class is not closed/],
    ['[x-\\E', 0, /class is not closed/],
    ['[x-\\Q', 0, /class is not closed/],
    ['[z-a]', 1, /class range is out of order/],
    ['[a\\i]', 2, /unknown escape \\i/],
    ['[\\x{100}]', 1, /above 0xFF/],
    ['[\\777]', 1, /above 0xFF/],
    ['[\\p{L}]', 1, /Unicode properties are not supported/],
    ['[[:foo:]]', 1, /unknown POSIX class/],
    ['[[.a.]]', 1, /collation elements are not supported/],
    ['[[=a=]]', 1, /collation elements are not supported/],
    ['[a\\', 2, /backslash at the end/],
    ['[a-\\i]', 3, /unknown escape/],
  ];
  for (const [source, at, reason] of bad) {
    it(`refuses ${source}`, () => {
      const parsed = parseClass(source, 0, false);
      expect.assert('reason' in parsed);
      expect(parsed.reason).toMatch(reason);
      expect(parsed.at).toBe(at);
    });
  }
});

describe('simpleEscape', () => {
  const cases: readonly (readonly [source: string, byte: number, end: number])[] = [
    ['\\n', 0x0a, 2],
    ['\\x41B', 0x41, 4],
    ['\\x4', 0x04, 3],
    ['\\xg', 0x00, 2],
    ['\\x{7f}', 0x7f, 6],
    ['\\0', 0x00, 2],
    ['\\0123', 0x0a, 4],
    ['\\o{12}', 0x0a, 6],
    ['\\cA', 0x01, 3],
    ['\\c[', 0x1b, 3],
    ['\\.', 0x2e, 2],
    ['\\"', 0x22, 2],
    ['\\\xe9', 0xe9, 2],
  ];
  for (const [source, byte, end] of cases) {
    it(`reads ${JSON.stringify(source)}`, () => expect(simpleEscape(source, 0)).toStrictEqual({ byte, end }));
  }

  it('refuses letters without a meaning', () => {
    for (const letter of ['i', 'y', 'F', 'o', 'c'])
      expect('reason' in simpleEscape(`\\${letter}`, 0), letter).toBe(true);
  });
});
