import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteFinder } from '../../src/body/byte-finder.ts';
import { cutAt } from '../support/event-log.ts';

const isFound = (needle: string, chunks: readonly Uint8Array[]): boolean => {
  const finder = new ByteFinder(Buffer.from(needle));
  return chunks.map((chunk) => finder.find(chunk)).includes(true);
};

describe('ByteFinder', () => {
  it('finds a needle however the stream is cut', () => {
    const letters = fc.string({ unit: fc.constantFrom('-', 'a', 'b'), maxLength: 12 });
    const needles = fc.string({ unit: fc.constantFrom('-', 'a', 'b'), minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(letters, needles, fc.array(fc.nat(12), { maxLength: 6 }), (text, needle, cuts) => {
        const offsets = cuts.map((cut) => Math.min(cut, text.length)).sort((left, right) => left - right);
        expect(isFound(needle, cutAt(Buffer.from(text), offsets))).toBe(text.includes(needle));
        const long = `${text}${'x'.repeat(100)}${text}`;
        expect(isFound(needle, cutAt(Buffer.from(long), offsets))).toBe(long.includes(needle));
      }),
    );
  });

  it('reports in which piece the needle ends', () => {
    const finder = new ByteFinder(Buffer.from('--b'));
    expect(['x-', '-', 'b', 'y', '--b'].map((piece) => finder.find(Buffer.from(piece)))).toStrictEqual([
      false,
      false,
      true,
      false,
      true,
    ]);
  });

  it('finds nothing across a restart', () => {
    const finder = new ByteFinder(Buffer.from('--b'));
    expect(finder.find(Buffer.from('--'))).toBe(false);
    finder.restart();
    expect(finder.find(Buffer.from('b'))).toBe(false);
  });
});
