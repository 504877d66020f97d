import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  anyButNewline,
  anyByte,
  ByteSet,
  escapeClasses,
  posixClasses,
  wordBytes,
} from '../../src/plan/regex-byte-set.ts';

const byte = fc.integer({ min: 0, max: 255 });
const bytes = fc.array(byte);
const members = (set: ByteSet) => [...set.bytes()];

describe('ByteSet', () => {
  it('does what sets of numbers do', () => {
    fc.assert(
      fc.property(bytes, bytes, (left, right) => {
        const a = new Set(left);
        const b = new Set(right);
        const setA = ByteSet.of(...left);
        const setB = ByteSet.of(...right);
        const sorted = (values: Iterable<number>) => [...values].sort((one, other) => one - other);
        assert.deepEqual(members(setA), sorted(a));
        assert.equal(setA.size, a.size);
        assert.deepEqual(members(setA.union(setB)), sorted(new Set([...a, ...b])));
        assert.deepEqual(
          members(setA.complement()),
          members(anyByte).filter((value) => !a.has(value)),
        );
        assert.equal(
          setA.isSubsetOf(setB),
          [...a].every((value) => b.has(value)),
        );
        assert.equal(
          setA.intersects(setB),
          [...a].some((value) => b.has(value)),
        );
        assert.equal(setA.equals(setB), a.size === b.size && [...a].every((value) => b.has(value)));
        for (const value of [0, 127, 255]) assert.equal(setA.has(value), a.has(value));
      }),
    );
  });

  it('gives ranges that make the same set', () => {
    fc.assert(
      fc.property(bytes, (values) => {
        const set = ByteSet.of(...values);
        const ranges = set.toRanges();
        assert.ok(ByteSet.ranges(ranges).equals(set));
        for (const [index, [from, to]] of ranges.entries()) {
          assert.ok(from <= to);
          assert.ok(index === 0 || from > (ranges[index - 1]?.[1] ?? 0) + 1, 'ranges neither touch nor overlap');
        }
      }),
    );
  });

  it('folds ASCII letters only', () => {
    const folded = ByteSet.of(0x41, 0x7a, 0xc0, 0x30).foldAscii();
    assert.deepEqual(members(folded), [0x30, 0x41, 0x5a, 0x61, 0x7a, 0xc0]);
    const closed = ByteSet.of(0x41, 0x61);
    assert.equal(closed.foldAscii(), closed, 'a closed set is its own folding');
  });

  it('gives one object for one byte', () => {
    assert.equal(ByteSet.of(0x61), ByteSet.of(0x61));
  });
});

describe('escapeClasses', () => {
  it('agree with V8 on ASCII', () => {
    for (const [letter, set] of escapeClasses) {
      if (/[hHvV]/.test(letter)) continue;
      const oracle = new RegExp(`\\${letter}`);
      for (let value = 0; value < 0x80; value++) {
        assert.equal(set.has(value), oracle.test(String.fromCharCode(value)), `\\${letter} and byte ${value}`);
      }
    }
  });

  it('count 0x0B as white space, and no byte above 0x7F as letter, digit or white space', () => {
    assert.ok(escapeClasses.get('s')?.has(0x0b));
    for (const letter of ['d', 'w', 's'])
      assert.ok(escapeClasses.get(letter)?.isSubsetOf(posixClasses.get('ascii') as ByteSet));
  });

  it('come in complements', () => {
    for (const letter of ['d', 'w', 's', 'h', 'v']) {
      assert.ok(
        escapeClasses
          .get(letter)
          ?.complement()
          .equals(escapeClasses.get(letter.toUpperCase()) as ByteSet),
        letter,
      );
    }
  });
});

describe('posixClasses', () => {
  it('have the sizes of the C locale', () => {
    const sizes = [...posixClasses].map(([name, set]) => `${name} ${set.size}`);
    assert.deepEqual(sizes, [
      'alnum 62',
      'alpha 52',
      'ascii 128',
      'blank 2',
      'cntrl 33',
      'digit 10',
      'graph 94',
      'lower 26',
      'print 95',
      'punct 32',
      'space 6',
      'upper 26',
      'word 63',
      'xdigit 22',
    ]);
  });
});

describe('the common sets', () => {
  it('hold what they say', () => {
    assert.equal(anyByte.size, 256);
    assert.deepEqual(members(anyButNewline.complement()), [0x0a]);
    assert.equal(wordBytes.size, 63);
  });
});
