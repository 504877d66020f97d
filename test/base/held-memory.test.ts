import { getHeapStatistics } from 'node:v8';
import { afterEach, describe, expect, it } from 'vitest';
import { heldMemory } from '../../src/base/held-memory.ts';

describe('heldMemory', () => {
  const bounds = { memoryBytesMax: 1000, lightExchangeBytes: 10 };
  afterEach(() => heldMemory.add(-heldMemory.bytes));

  it('is what was added and not subtracted', () => {
    heldMemory.add(70);
    heldMemory.add(-20);
    expect(heldMemory.bytes).toBe(50);
  });

  for (const [held, own, hasRoom] of [
    [750, 11, true],
    [751, 11, false],
    [751, 10, true],
    [1000, 10, true],
    [1001, 10, false],
  ] as const) {
    it(`has ${hasRoom ? '' : 'no '}room for one that holds ${own} of ${held}`, () => {
      heldMemory.add(held);
      expect(heldMemory.hasRoom(own, bounds)).toBe(hasRoom);
    });
  }

  it('is limited by the heap of the process if that is small', () => {
    expect(heldMemory.boundOf(bounds)).toBe(1000);
    const { heap_size_limit: heapBytes } = getHeapStatistics();
    expect(heldMemory.boundOf({ ...bounds, memoryBytesMax: heapBytes })).toBe(
      Math.floor(Math.max(heapBytes - 96 * 1024 * 1024, heapBytes / 2) / 2),
    );
  });
});
