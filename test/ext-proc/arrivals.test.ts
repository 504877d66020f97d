import { describe, expect, it } from 'vitest';
import { Arrivals } from '../../src/ext-proc/arrivals.ts';

/** Counts the views that are made of it. */
class Counted extends Uint8Array {
  views = 0;

  override subarray(start?: number, end?: number) {
    this.views += 1;
    return new Uint8Array(this.buffer).subarray(start, end);
  }
}

describe('Arrivals', () => {
  it('returns messages in the order of their arrival', () => {
    const arrivals = new Arrivals<'end'>();
    for (let round = 0; round < 2; round += 1) {
      const buffer = Uint8Array.of(1, 2, 3);
      arrivals.pushSlice(buffer, 0, 2);
      arrivals.pushSlice(buffer, 2, 0);
      arrivals.push(Uint8Array.of(9));
      expect(arrivals.shift()).toStrictEqual(Uint8Array.of(1, 2));
      arrivals.pushSlice(buffer, 2, 1);
      arrivals.push('end');
      expect([1, 2, 3, 4, 5].map(() => arrivals.shift())).toStrictEqual([
        new Uint8Array(),
        Uint8Array.of(9),
        Uint8Array.of(3),
        'end',
        undefined,
      ]);
    }
    arrivals.push('end');
    arrivals.clear();
    expect(arrivals.shift()).toBeUndefined();
  });

  it('makes a view of a message only when its turn has come', () => {
    const arrivals = new Arrivals<'end'>();
    const buffer = new Counted(10);
    for (let at = 0; at < 10; at += 1) arrivals.pushSlice(buffer, at, 1);
    expect(buffer.views).toBe(0);
    arrivals.shift();
    expect(buffer.views).toBe(1);
  });
});
