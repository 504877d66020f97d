import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WafError } from '../../src/base/errors.ts';
import { nativeAddon } from '../../src/matching/native.ts';
import { choosePatternEngine, translateRegex } from '../../src/pattern/regex-dialect.ts';
import { parseRegex } from '../../src/pattern/regex-syntax.ts';
import type { Rule } from '../../src/seclang/ast.ts';
import { crsFolder, crsMissing } from '../support/crs-folder.ts';
import { loadRuleFiles } from '../support/rule-files.ts';
import { arbitraryRegex } from './arbitrary-regex.ts';
import { locateInValues, scanValues } from './native-matcher.ts';
import { mutate, sampleMatch, seededRandom, v8Regex } from './regex-oracle.ts';

const latin1 = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));

/** The pattern for each engine: as chosen, and for RE2 only. */
function bothEngines(source: string) {
  const translated = { kind: 'regex' as const, ...translateRegex(source) };
  return { hyperscan: { ...translated, engine: 'hyperscan' as const }, re2: { ...translated, engine: 're2' as const } };
}

/** As `scanValues` of one pattern; Hyperscan refuses to compile what can never match, which is a result too. */
function scanOrNothing(...[pattern, values]: [Parameters<typeof scanValues>[0][number], readonly Uint8Array[]]) {
  try {
    return scanValues([pattern], values);
  } catch (error) {
    if (error instanceof WafError && /can never match/.test(error.message)) return [new Set<number>()];
    throw error;
  }
}

/** Asserts that both engines match exactly the expected values. */
function assertMatches(source: string, expected: readonly (readonly [value: string, matches: boolean])[]): void {
  const { hyperscan, re2 } = bothEngines(source);
  const values = expected.map(([value]) => latin1(value));
  // Hyperscan does not support an anchor inside the pattern.
  const engines = translateRegex(source).engine === 're2' ? [re2] : [hyperscan, re2];
  for (const pattern of engines) {
    const [found] = scanOrNothing(pattern, values);
    for (const [index, [value, matches]] of expected.entries()) {
      expect(found?.has(index), `${pattern.engine}: ${source} on ${JSON.stringify(value)}`).toBe(matches);
    }
  }
}

const semantics: readonly (readonly [
  name: string,
  source: string,
  matching: readonly string[],
  other: readonly string[],
])[] = [
  ['a dot takes a newline', '^a.b$', ['a\nb', 'a\xffb', 'a\x00b'], ['ab', 'a\n\nb']],
  ['(?-s) excludes the newline', '(?-s)^a.b$', ['axb'], ['a\nb']],
  ['$ is the end of the value only', 'a$', ['a', '\na'], ['a\n', 'a\nb']],
  ['^ is the start of the value only', '^a', ['a', 'a\n'], ['\na']],
  ['\\z is the end', 'a\\z', ['ba'], ['a\n']],
  ['(?m) makes ^ and $ ends of lines', '(?m)^a$', ['a', 'b\na', 'a\nb', 'b\na\nc'], ['ab', 'ba']],
  ['\\s holds 0x0B and not 0xA0', '^\\s$', ['\v', ' ', '\t', '\n', '\r', '\f'], ['\xa0', '\x85', 'a']],
  ['\\S is its complement', '^\\S$', ['\xa0', '\x85', 'a'], ['\v', ' ']],
  ['[\\s\\x0b] is the same', '^[\\s\\x0b]$', ['\v', ' '], ['\xa0']],
  ['\\h and \\v', '^\\h\\v$', ['\t\n', ' \x0b', '\xa0\x85'], ['\n\t', 'a\n']],
  ['\\R', '^a\\Rb$', ['a\nb', 'a\r\nb', 'a\rb', 'a\vb'], ['ab', 'a\n\nb']],
  ['\\w is ASCII', '^\\w$', ['a', '_', '9'], ['\xe9', '\xaa', '-']],
  ['\\d is ASCII', '^\\d$', ['0', '9'], ['\xb2', 'a']],
  ['\\b is ASCII', '\\ba\\b', ['a', ' a ', '\xe9a\xe9', '-a-'], ['ba', 'a1', '_a']],
  ['\\B', 'a\\Bb', ['ab'], ['a b']],
  ['case folding is ASCII', '(?i)^aZ\\xe9$', ['aZ\xe9', 'Az\xe9', 'AZ\xe9'], ['aZ\xc9', 'aZ\xe8']],
  ['case folding of bytes in classes', '(?i)^[\\xe0-\\xe9k]+$', ['\xe0', 'k', 'K'], ['\xc0', '\xc9']],
  ['case folding of a negated class', '(?i)^[^\\xe9a]$', ['\xc9', 'b'], ['\xe9', 'a', 'A']],
  ['case folding of a part', '^(?i:a)b$', ['ab', 'Ab'], ['aB']],
  ['bytes', '^\\xe2\\x82\\xac$', ['\xe2\x82\xac'], ['\u20ac'.slice(1), '\xac']],
  ['UTF-8 in the rule is its bytes', '^\xc3\xa9$', ['\xc3\xa9'], ['\xe9', '\xc3']],
  ['a UTF-8 character in a class is two bytes', '^[\xc3\xa9]$', ['\xc3', '\xa9'], ['\xc3\xa9']],
  ['\\x00', 'a\\x00b', ['a\x00b'], ['ab', 'a0b']],
  ['POSIX classes', '^[[:alpha:]][[:^digit:]]$', ['ab', 'a\xff'], ['a1', '1a']],
  ['bounded repeats', '^(?:ab){2,3}$', ['abab', 'ababab'], ['ab', 'abababab']],
  ['empty pattern', '', ['', 'a'], []],
  ['empty value', '^$', [''], ['\n', 'a']],
  ['optional of nothing', '^(?:)*a(?:^)?$', ['a'], ['']],
  ['repeat of zero', '^ab{0}c$', ['ac'], ['abc']],
  ['an end anchor inside', '(?:a|$)b?', ['a', 'b', ''], []],
  ['a start anchor inside', '(?:^|;)a', ['a', ';a', 'b;a'], ['ba']],
];

describe('translateRegex', () => {
  for (const [name, source, matching, other] of semantics) {
    it(`${name}: ${source}`, () => {
      assertMatches(source, [
        ...matching.map((value) => [value, true] as const),
        ...other.map((value) => [value, false] as const),
      ]);
    });
  }

  it('gives the same result wherever the match is in a long value', () => {
    const offsets = [0, 15, 16, 31, 32, 63, 64, 65, 127, 128, 129, 200, 1_000];
    for (const source of ['/[a-z]', '/', '\\.[^.]+$', '~[0-9]+', '(?i)a', '#.*', '[<>]b', "'b'"]) {
      const token = sampleMatch(parseRegex(source).root, seededRandom(3));
      const values = offsets.map((offset) => [' '.repeat(offset) + token, true] as const);
      assertMatches(source, [...values, [' '.repeat(1_000), false]]);
    }
  });

  it('keeps the numbers of groups', () => {
    const { re2 } = bothEngines('(?<year>\\d+)-(?:x(a)|(b))?(?i:(C))*?$');
    expect(locateInValues(re2, [latin1('on 12-b'), latin1('7-xac'), latin1('7')])).toStrictEqual([
      ['12-b', '12', undefined, 'b', undefined],
      ['7-xac', '7', 'a', undefined, 'c'],
      undefined,
    ]);
    expect(translateRegex('(a)(?:b)((c))').captureCount).toBe(3);
  });

  it('finds the leftmost match and the first branch, as PCRE does', () => {
    const { re2 } = bothEngines('(a|ab)(c|bcd)?(d*?)');
    expect(locateInValues(re2, [latin1('xabcd')])).toStrictEqual([['abcd', 'a', 'bcd', '']]);
  });

  it('returns lengths and required bytes if they are known', () => {
    const bounded = translateRegex('a{2,5};');
    expect(bounded.longestMatchBytes).toBe(6);
    expect(bounded.required?.length).toBe(2);
    const unbounded = translateRegex('a*');
    expect(!('longestMatchBytes' in unbounded) && !('required' in unbounded)).toBe(true);
  });

  it('leaves RE2 out if it cannot express the pattern', () => {
    const translated = translateRegex('(?:a|^b)a{2000}');
    expect(translated.re2Source).toBe(undefined);
    expect(translated.engine).toBe('hyperscan');
  });

  it('is compared with a V8 that always terminates', () => {
    expect(v8Regex(String.raw`^(?:a?a?a?)*\B1$`).test('a'.repeat(80))).toBe(false);
    expect(v8Regex(String.raw`^(?:\w|a|\w?)*b$`).test(`${'a'.repeat(80)}b`)).toBe(true);
  });

  it('agrees with V8 in both engines for any pattern', () => {
    const value = fc.string({ unit: fc.constantFrom(...'abAB1_ \n\v\x00\x80\xe0\xc0-.'), maxLength: 80 });
    fc.assert(
      fc.property(
        arbitraryRegex,
        fc.array(value, { minLength: 8, maxLength: 8 }),
        fc.integer(),
        (source, random, seed) => {
          const { root } = parseRegex(source);
          const next = seededRandom(seed);
          const samples = [sampleMatch(root, next), sampleMatch(root, next)];
          const values = [...random, ...samples, ...samples.map((sample) => mutate(sample, next))];
          const oracle = v8Regex(source);
          assertMatches(
            source,
            values.map((text) => [text, oracle.test(text)] as const),
          );
        },
      ),
      { numRuns: 200 },
    );
  });
});

/** Every @rx of the CRS: rule id (with the place in its chain) and pattern. */
function crsPatterns(): { name: string; source: string }[] {
  const rules = loadRuleFiles([crsFolder])
    .files.flatMap((file) => file.statements)
    .filter((statement): statement is Rule => statement.kind === 'rule');
  return rules.flatMap((rule) => {
    const id = rule.actions.find((action) => action.name === 'id')?.value;
    return [rule, ...rule.links].flatMap((link, index) =>
      link.operator?.name === 'rx' ? [{ name: `${id}/${index}`, source: link.operator.argument }] : [],
    );
  });
}

describe.skipIf(crsMissing)('translateRegex of the CRS', () => {
  const patterns = crsMissing === false ? crsPatterns() : [];

  it('accepts every pattern', () => {
    for (const { name, source } of patterns) expect(translateRegex(source).re2Source, name).toBeDefined();
    expect(patterns.length, `only ${patterns.length} patterns`).toBeGreaterThan(300);
  });

  it('uses Hyperscan for what it compiles, and RE2 for few patterns', () => {
    const byRe2 = patterns.filter(({ source }) => translateRegex(source).engine === 're2');
    expect(byRe2.length, byRe2.map(({ name }) => name).join(' ')).toBeLessThanOrEqual(15);
    for (const { source } of byRe2) expect(translateRegex(source).engineReason ?? '').toMatch(/anchor|word-like/);
  });

  it('agrees with V8 on values that match and nearly match, in the engine chosen and in RE2', () => {
    const random = seededRandom(20_260_805);
    const wrong: string[] = [];
    for (const { name, source } of patterns) {
      const { root } = parseRegex(source);
      const oracle = v8Regex(source);
      const samples = Array.from({ length: 6 }, () => sampleMatch(root, random).slice(0, 100));
      const texts = [...samples, ...samples.map((sample) => mutate(sample, random)), `${'.'.repeat(64)}${samples[0]}`];
      // V8 folds bytes above 0x7F; the engines must not.
      const checked = oracle.ignoreCase ? texts.map((text) => text.replace(/[\x80-\xff]/g, '~')) : texts;
      const values = checked.map(latin1);
      const translated = { kind: 'regex' as const, ...translateRegex(source) };
      const [chosen] = scanValues([translated], values);
      const located = locateInValues({ ...translated, engine: 're2' }, values);
      for (const [index, text] of checked.entries()) {
        const expected = oracle.exec(text);
        if (chosen?.has(index) !== (expected !== null))
          wrong.push(`${name} ${translated.engine} ${JSON.stringify(text)}`);
        if (located[index]?.[0] !== expected?.[0]) wrong.push(`${name} locate ${JSON.stringify(text)}`);
      }
    }
    expect(wrong, `with ${nativeAddon().libraryVersion()}`).toStrictEqual([]);
  });
});

describe('choosePatternEngine', () => {
  const choose = (source: string) => {
    const { root } = parseRegex(source);
    return choosePatternEngine(root, source);
  };

  it('uses RE2 for patterns with an anchor inside', () => {
    for (const source of ['a^b', '(?:a|$)b', 'a\\zb', '(?:^a)+', '(a$)*', 'a(?:b|^)', '\\b^a', 'a$\\B', '$^']) {
      expect(choose(source).engine, source).toBe('re2');
      expect(choose(source).reason ?? '', source).toMatch(/anchor/);
    }
    for (const source of ['^a$', '(?:^|a)b', 'a(?:$|b)', '^\\ba\\b$', '(?:^)*a', '^(?:^a)', '(?m)a^b$c', '(^a|b$)']) {
      expect(choose(source), source).toStrictEqual({ engine: 'hyperscan' });
    }
  });

  it('uses RE2 for patterns that are too long for Hyperscan', () => {
    expect(choose('ab'.repeat(8_000)).engine).toBe('hyperscan');
    expect(choose('abc'.repeat(8_000)).reason ?? '').toMatch(/24000 bytes/);
  });

  it('uses RE2 for patterns with loops over words between letters', () => {
    expect(choose('a[a-z]*'.repeat(30)).engine).toBe('hyperscan');
    expect(choose('a[a-z]*'.repeat(31)).reason ?? '').toMatch(/31 times/);
  });
});
