import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyByte, ByteSet } from '../../src/pattern/regex-byte-set.ts';
import { countWordLoops, lengths, regexFacts } from '../../src/pattern/regex-facts.ts';
import { parseRegex } from '../../src/pattern/regex-syntax.ts';
import { arbitraryRegex } from './arbitrary-regex.ts';
import { sampleMatch, seededRandom, v8Regex } from './regex-oracle.ts';

function factsOf(source: string) {
  return regexFacts(parseRegex(source).root);
}

/** Required sets as strings of their bytes. */
function requiredOf(source: string): string[] {
  return factsOf(source).required.map((set) => Buffer.from([...set.bytes()]).toString('latin1'));
}

describe('lengths', () => {
  const cases: readonly (readonly [source: string, min: number, max: number])[] = [
    ['', 0, 0],
    ['abc', 3, 3],
    ['a|bcd', 1, 3],
    ['a*', 0, Infinity],
    ['(?:ab){2,4}c?', 4, 9],
    ['^\\b$', 0, 0],
    ['(?:^|a)b', 1, 2],
    ['(?:)*', 0, 0],
    ['(?:\\b){0,}', 0, 0],
    ['a{0}', 0, 0],
    ['(a{0})*', 0, 0],
    ['.{3,}', 3, Infinity],
  ];
  for (const [source, min, max] of cases) {
    it(`of ${source === '' ? 'nothing' : source} are ${min} to ${max}`, () => {
      expect(lengths(parseRegex(source).root)).toStrictEqual({ min, max });
    });
  }
});

describe('regexFacts', () => {
  it('finds anchors that every match has', () => {
    const anchors = (source: string) => [factsOf(source).isAnchoredStart, factsOf(source).isAnchoredEnd];
    expect(anchors('^a$')).toStrictEqual([true, true]);
    expect(anchors('a')).toStrictEqual([false, false]);
    expect(anchors('^a|b$')).toStrictEqual([false, false]);
    expect(anchors('(^a|^b)')).toStrictEqual([true, false]);
    expect(anchors('\\b^a$\\B')).toStrictEqual([true, true]);
    expect(anchors('(?:^)?a')).toStrictEqual([false, false]);
    expect(anchors('(?:^a)+')).toStrictEqual([true, false]);
    expect(anchors('a^b')).toStrictEqual([false, false]);
    expect(anchors('(?m)^a$')).toStrictEqual([false, false]);
  });

  it('finds bytes that every match has', () => {
    expect(requiredOf('a')).toStrictEqual(['a']);
    expect(requiredOf('<script').slice(0, 1)).toStrictEqual(['<']);
    expect(requiredOf('<|>')).toStrictEqual(['<>']);
    expect(requiredOf('a?')).toStrictEqual([]);
    expect(requiredOf('<?|>')).toStrictEqual([]);
    expect(requiredOf('.')).toStrictEqual([]);
    expect(requiredOf('(?:;b)*=?')).toStrictEqual([]);
    expect(requiredOf('(?:;)+')).toStrictEqual([';']);
    expect(requiredOf('^$')).toStrictEqual([]);
    expect(requiredOf('(?i)k=')).toStrictEqual(['=', 'Kk']);
  });

  it('returns few sets, the most selective first', () => {
    const sets = requiredOf('a<b>c;d"e\'f(g)h[i]');
    expect(sets.length).toBe(8);
    expect(sets.includes('a'), `letters are too common: ${sets.join(' ')}`).toBe(false);
  });

  it('never claims more than is true for every match', () => {
    const value = fc.string({ unit: fc.constantFrom(...'abAB1_ \n\x00\x80\xe0-.'), maxLength: 10 });
    fc.assert(
      fc.property(
        arbitraryRegex,
        fc.array(value, { minLength: 4, maxLength: 4 }),
        fc.integer(),
        (source, values, seed) => {
          const { root } = parseRegex(source);
          const facts = regexFacts(root);
          const oracle = v8Regex(source);
          for (const text of [...values, sampleMatch(root, seededRandom(seed))]) {
            const found = oracle.exec(text);
            if (found === null) continue;
            const [matched] = found;
            const context = `${source} on ${JSON.stringify(text)}`;
            expect(matched.length, `${context}: shorter than ${facts.shortestBytes}`).toBeGreaterThanOrEqual(
              facts.shortestBytes,
            );
            expect(matched.length, `${context}: longer than ${facts.longestBytes}`).toBeLessThanOrEqual(
              facts.longestBytes,
            );
            if (facts.isAnchoredStart) expect(found.index, context).toBe(0);
            if (facts.isAnchoredEnd) expect(found.index + matched.length, context).toBe(text.length);
            const bytes = ByteSet.of(...Buffer.from(matched, 'latin1'));
            for (const set of facts.required)
              expect(set.intersects(bytes), `${context}: ${[...set.bytes()]} is not required`).toBeTruthy();
          }
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('never requires a byte of the set of all', () => {
    fc.assert(
      fc.property(arbitraryRegex, (source) => {
        for (const set of factsOf(source).required) expect(!set.equals(anyByte) && set.size > 0, source).toBe(true);
      }),
    );
  });

  it('accepts large patterns', () => {
    const longestOf = (source: string): number => regexFacts(parseRegex(source).root).longestBytes;
    expect(longestOf(`(?:${Array.from({ length: 8_000 }, (_, index) => `a${index}`).join('|')})`)).toBe(5);
    expect(longestOf('(?:a|b)?'.repeat(8_000))).toBe(8_000);
    expect(longestOf(`${'('.repeat(200)}${'a?'.repeat(30_000)}${')'.repeat(200)}`)).toBe(30_000);
    expect(longestOf(`${'(?:a'.repeat(190)}${')*'.repeat(190)}`)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('countWordLoops', () => {
  it('counts unbounded repeats of sets that contain many bytes of words', () => {
    const count = (source: string) => countWordLoops(parseRegex(source).root);
    expect(count('[a-z]*a[0-9A-F]+')).toBe(2);
    expect(count('[a-f]*.{1,5}\\s*(?:[a-z]x)*')).toBe(0);
    expect(count('(?:a(\\w+)|.*){2}')).toBe(2);
  });
});
