import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { anyByte, ByteSet } from '../../src/plan/regex-byte-set.ts';
import { countWordLoops, lengths, regexFacts } from '../../src/plan/regex-facts.ts';
import { parseRegex } from '../../src/plan/regex-syntax.ts';
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
      assert.deepEqual(lengths(parseRegex(source).root), { min, max });
    });
  }
});

describe('regexFacts', () => {
  it('finds anchors that every match has', () => {
    const anchors = (source: string) => [factsOf(source).isAnchoredStart, factsOf(source).isAnchoredEnd];
    assert.deepEqual(anchors('^a$'), [true, true]);
    assert.deepEqual(anchors('a'), [false, false]);
    assert.deepEqual(anchors('^a|b$'), [false, false]);
    assert.deepEqual(anchors('(^a|^b)'), [true, false]);
    assert.deepEqual(anchors('\\b^a$\\B'), [true, true]);
    assert.deepEqual(anchors('(?:^)?a'), [false, false]);
    assert.deepEqual(anchors('(?:^a)+'), [true, false]);
    assert.deepEqual(anchors('a^b'), [false, false]);
    assert.deepEqual(anchors('(?m)^a$'), [false, false]);
  });

  it('finds bytes that every match has', () => {
    assert.deepEqual(requiredOf('a'), ['a']);
    assert.deepEqual(requiredOf('<script').slice(0, 1), ['<']);
    assert.deepEqual(requiredOf('<|>'), ['<>']);
    assert.deepEqual(requiredOf('a?'), []);
    assert.deepEqual(requiredOf('<?|>'), []);
    assert.deepEqual(requiredOf('.'), []);
    assert.deepEqual(requiredOf('(?:;b)*=?'), []);
    assert.deepEqual(requiredOf('(?:;)+'), [';']);
    assert.deepEqual(requiredOf('^$'), []);
    assert.deepEqual(requiredOf('(?i)k='), ['=', 'Kk']);
  });

  it('gives few sets, the most selective first', () => {
    const sets = requiredOf('a<b>c;d"e\'f(g)h[i]');
    assert.equal(sets.length, 8);
    assert.ok(!sets.includes('a'), `letters are too common: ${sets.join(' ')}`);
  });

  it('never says more than holds for a match', () => {
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
            assert.ok(matched.length >= facts.shortestBytes, `${context}: shorter than ${facts.shortestBytes}`);
            assert.ok(matched.length <= facts.longestBytes, `${context}: longer than ${facts.longestBytes}`);
            if (facts.isAnchoredStart) assert.equal(found.index, 0, context);
            if (facts.isAnchoredEnd) assert.equal(found.index + matched.length, text.length, context);
            const bytes = ByteSet.of(...Buffer.from(matched, 'latin1'));
            for (const set of facts.required)
              assert.ok(set.intersects(bytes), `${context}: ${[...set.bytes()]} is not required`);
          }
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('never asks for a byte of the set of all', () => {
    fc.assert(
      fc.property(arbitraryRegex, (source) => {
        for (const set of factsOf(source).required) assert.ok(!set.equals(anyByte) && set.size > 0, source);
      }),
    );
  });

  it('takes large patterns', () => {
    const longestOf = (source: string): number => regexFacts(parseRegex(source).root).longestBytes;
    assert.equal(longestOf(`(?:${Array.from({ length: 8_000 }, (_, index) => `a${index}`).join('|')})`), 5);
    assert.equal(longestOf('(?:a|b)?'.repeat(8_000)), 8_000);
    assert.equal(longestOf(`${'('.repeat(200)}${'a?'.repeat(30_000)}${')'.repeat(200)}`), 30_000);
    assert.equal(longestOf(`${'(?:a'.repeat(190)}${')*'.repeat(190)}`), Number.POSITIVE_INFINITY);
  });
});

describe('countWordLoops', () => {
  it('counts unbounded repeats of sets that hold many bytes of words', () => {
    const count = (source: string) => countWordLoops(parseRegex(source).root);
    assert.equal(count('[a-z]*a[0-9A-F]+'), 2);
    assert.equal(count('[a-f]*.{1,5}\\s*(?:[a-z]x)*'), 0);
    assert.equal(count('(?:a(\\w+)|.*){2}'), 2);
  });
});
