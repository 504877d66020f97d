import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
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
        assert.equal(isFound(needle, cutAt(Buffer.from(text), offsets)), text.includes(needle));
        const long = `${text}${'x'.repeat(100)}${text}`;
        assert.equal(isFound(needle, cutAt(Buffer.from(long), offsets)), long.includes(needle));
      }),
    );
  });

  it('tells in which piece the needle ends', () => {
    const finder = new ByteFinder(Buffer.from('--b'));
    assert.deepEqual(
      ['x-', '-', 'b', 'y', '--b'].map((piece) => finder.find(Buffer.from(piece))),
      [false, false, true, false, true],
    );
  });

  it('finds nothing across a restart', () => {
    const finder = new ByteFinder(Buffer.from('--b'));
    assert.equal(finder.find(Buffer.from('--')), false);
    finder.restart();
    assert.equal(finder.find(Buffer.from('b')), false);
  });
});
