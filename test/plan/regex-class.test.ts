import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseClass, simpleEscape } from '../../src/plan/regex-class.ts';

/** The bytes of a class as a latin1 string. */
function bytesOf(source: string, foldCase = false): string {
  const parsed = parseClass(source, 0, foldCase);
  assert.ok('set' in parsed, 'reason' in parsed ? parsed.reason : '');
  assert.equal(parsed.end, source.length);
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
      assert.equal(bytesOf(source), expected.join(''));
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
    it(`reads ${source}`, () => assert.equal(bytesOf(source), inOrder(expected)));
  }

  it('reads negated POSIX classes', () => {
    assert.equal(bytesOf('[[:^digit:]]'), bytesOf('[^0-9]'));
    assert.equal(bytesOf('[^[:^digit:]]'), '0123456789');
    assert.equal(bytesOf('[\\E^[:^digit:]]'), '0123456789');
  });

  it('folds case before negation', () => {
    assert.equal(bytesOf('[a-c]', true), 'ABCabc');
    assert.equal(bytesOf('[^a-zA-Z]', true), bytesOf('[^a-z]', true));
    assert.equal(bytesOf('[[:upper:]]', true), bytesOf('[[:alpha:]]'));
    assert.equal(bytesOf('[[:^upper:]]', true), bytesOf('[[:^alpha:]]'));
    assert.equal(bytesOf('[\\xe0]', true), '\xe0');
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
      assert.ok('reason' in parsed);
      assert.match(parsed.reason, reason);
      assert.equal(parsed.at, at);
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
    it(`reads ${JSON.stringify(source)}`, () => assert.deepEqual(simpleEscape(source, 0), { byte, end }));
  }

  it('refuses letters without a meaning', () => {
    for (const letter of ['i', 'y', 'F', 'o', 'c']) assert.ok('reason' in simpleEscape(`\\${letter}`, 0), letter);
  });
});
