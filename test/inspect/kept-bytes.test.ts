import { describe, expect, it } from 'vitest';
import { KeptBytes } from '../../src/inspect/kept-bytes.ts';

describe('KeptBytes', () => {
  it('keeps the beginning, however it arrives, and returns how much of a piece it took', () => {
    const kept = new KeptBytes(1_000);
    const all = Buffer.from(Array.from({ length: 1_200 }, (_, n) => n % 251));
    const taken = [1, 299, 400, 500].map((length, n, lengths) => {
      const from = lengths.slice(0, n).reduce((sum, one) => sum + one, 0);
      return kept.append(all.subarray(from, from + length));
    });
    expect(taken).toStrictEqual([1, 299, 400, 300]);
    expect(kept.append(all)).toBe(0);
    expect([kept.length, Buffer.from(kept.from(0))]).toStrictEqual([1_000, all.subarray(0, 1_000)]);
    expect(Buffer.from(kept.from(990))).toStrictEqual(all.subarray(990, 1_000));
    expect(kept.from(2_000)).toHaveLength(0);
    expect(Buffer.from(kept.memory.subarray(0, kept.length))).toStrictEqual(all.subarray(0, 1_000));
  });

  it('takes no more memory than its limit, and keeps it for the next value', () => {
    const kept = new KeptBytes(1_000);
    expect(kept.memoryBytes).toBe(0);
    kept.append(Buffer.alloc(300));
    kept.append(Buffer.alloc(2_000));
    expect(kept.memoryBytes).toBe(1_000);
    kept.clear();
    expect([kept.length, kept.memoryBytes]).toStrictEqual([0, 1_000]);
  });

  it('gives its memory to the next value, outgrown or released', () => {
    const [one, other] = [new KeptBytes(65_536), new KeptBytes(65_536)];
    one.append(Buffer.alloc(5_000, 'a'));
    const outgrown = one.memory;
    one.append(Buffer.alloc(5_000, 'b'));
    other.append(Buffer.alloc(5_000));
    expect(other.memory).toBe(outgrown);
    const { memory } = one;
    one.release();
    one.release();
    expect([one.length, one.memoryBytes]).toStrictEqual([0, 0]);
    other.append(Buffer.alloc(5_000));
    expect(other.memory).toBe(memory);
    one.append(Buffer.alloc(10_000));
    expect(one.memory, 'two values share none').not.toBe(memory);
  });
});
