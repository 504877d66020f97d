import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  anyButNewline,
  anyByte,
  ByteSet,
  escapeClasses,
  posixClasses,
  wordBytes,
} from '../../src/pattern/regex-byte-set.ts';

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
        expect(members(setA)).toStrictEqual(sorted(a));
        expect(setA.size).toBe(a.size);
        expect(members(setA.union(setB))).toStrictEqual(sorted(new Set([...a, ...b])));
        expect(members(setA.complement())).toStrictEqual(members(anyByte).filter((value) => !a.has(value)));
        expect(setA.isSubsetOf(setB)).toBe([...a].every((value) => b.has(value)));
        expect(setA.intersects(setB)).toBe([...a].some((value) => b.has(value)));
        expect(setA.equals(setB)).toBe(a.size === b.size && [...a].every((value) => b.has(value)));
        for (const value of [0, 127, 255]) expect(setA.has(value)).toBe(a.has(value));
      }),
    );
  });

  it('gives ranges that make the same set', () => {
    fc.assert(
      fc.property(bytes, (values) => {
        const set = ByteSet.of(...values);
        const ranges = set.toRanges();
        expect(ByteSet.ranges(ranges).equals(set)).toBe(true);
        for (const [index, [from, to]] of ranges.entries()) {
          expect(from).toBeLessThanOrEqual(to);
          expect(index === 0 || from > (ranges[index - 1]?.[1] ?? 0) + 1, 'ranges neither touch nor overlap').toBe(
            true,
          );
        }
      }),
    );
  });

  it('folds ASCII letters only', () => {
    const folded = ByteSet.of(0x41, 0x7a, 0xc0, 0x30).foldAscii();
    expect(members(folded)).toStrictEqual([0x30, 0x41, 0x5a, 0x61, 0x7a, 0xc0]);
    const closed = ByteSet.of(0x41, 0x61);
    expect(closed.foldAscii(), 'a closed set is its own folding').toBe(closed);
  });

  it('gives one object for one byte', () => {
    expect(ByteSet.of(0x61)).toBe(ByteSet.of(0x61));
  });
});

describe('escapeClasses', () => {
  it('agree with V8 on ASCII', () => {
    for (const [letter, set] of escapeClasses) {
      if (/[hHvV]/.test(letter)) continue;
      const oracle = new RegExp(`\\${letter}`);
      for (let value = 0; value < 0x80; value++) {
        expect(set.has(value), `\\${letter} and byte ${value}`).toBe(oracle.test(String.fromCharCode(value)));
      }
    }
  });

  it('count 0x0B as white space, and no byte above 0x7F as letter, digit or white space', () => {
    expect(escapeClasses.get('s')?.has(0x0b)).toBeTruthy();
    for (const letter of ['d', 'w', 's'])
      expect(escapeClasses.get(letter)?.isSubsetOf(posixClasses.get('ascii') as ByteSet)).toBeTruthy();
  });

  it('come in complements', () => {
    for (const letter of ['d', 'w', 's', 'h', 'v']) {
      expect(
        escapeClasses
          .get(letter)
          ?.complement()
          .equals(escapeClasses.get(letter.toUpperCase()) as ByteSet),
        letter,
      ).toBeTruthy();
    }
  });
});

describe('posixClasses', () => {
  it('have the sizes of the C locale', () => {
    const sizes = [...posixClasses].map(([name, set]) => `${name} ${set.size}`);
    expect(sizes).toStrictEqual([
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
    expect(anyByte.size).toBe(256);
    expect(members(anyButNewline.complement())).toStrictEqual([0x0a]);
    expect(wordBytes.size).toBe(63);
  });
});
