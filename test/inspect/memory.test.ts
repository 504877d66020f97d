import { afterEach, describe, expect, it } from 'vitest';
import { heldMemory } from '../../src/base/held-memory.ts';
import { limitsWith } from '../../src/base/limits.ts';
import { Memory } from '../../src/inspect/memory.ts';
import { Problems } from '../../src/inspect/problems.ts';

const bounds = { memoryBytesMax: 1000, exchangeMemoryBytesMax: 500, lightExchangeBytes: 100 };
const open = (): Memory => new Memory(limitsWith(bounds), new Problems());
const causesOf = (memory: Memory): string[] => memory.problems.all.map(({ cause }) => cause);

describe('Memory', () => {
  const opened: Memory[] = [];
  const openOne = (): Memory => {
    const memory = open();
    opened.push(memory);
    return memory;
  };
  afterEach(() => {
    for (const memory of opened.splice(0)) memory.close();
    expect(heldMemory.bytes, 'everything was given back').toBe(0);
  });

  it('counts towards the memory of all exchanges, and is released', () => {
    const memory = openOne();
    expect(memory.remember(50) && memory.remember(30) && memory.take(20)).toBe(true);
    memory.forget(30);
    memory.hold(7);
    memory.hold(5);
    expect([memory.bytes, heldMemory.bytes]).toStrictEqual([75, 75]);
    memory.take(-20);
    expect(heldMemory.bytes).toBe(55);
    memory.close();
    memory.close();
    memory.remember(10);
    memory.hold(10);
    memory.take(10);
    memory.forget(10);
    expect([memory.problems.all.length, heldMemory.bytes]).toStrictEqual([0, 0]);
  });

  it('is limited for stored values, whatever else is held', () => {
    const memory = openOne();
    memory.hold(200);
    expect([memory.remember(300), memory.remember(201), memory.remember(200)]).toStrictEqual([true, false, true]);
    expect(causesOf(memory)).toStrictEqual(['limit.memory']);
    expect(memory.bytes).toBe(700);
  });

  it('has no room for large values when others fill three quarters, and none at all when everything is full', () => {
    const [large, small] = [openOne(), openOne()];
    for (let n = 0; n < 2; n += 1) openOne().remember(350);
    expect(large.remember(101)).toBe(false);
    expect(causesOf(large)).toStrictEqual(['overload']);
    expect(small.remember(90)).toBe(true);
    expect(causesOf(small)).toStrictEqual([]);
    openOne().remember(100);
    openOne().remember(100);
    expect(openOne().remember(20)).toBe(false);
    expect(heldMemory.bytes).toBeLessThanOrEqual(bounds.memoryBytesMax);
  });

  it('takes nothing if there is no room, which it reports to the caller', () => {
    const memory = openOne();
    openOne().remember(400);
    openOne().remember(340);
    expect([memory.take(101), memory.bytes, causesOf(memory)]).toStrictEqual([false, 0, []]);
  });

  it('counts what is held although there is no room', () => {
    const memory = openOne();
    memory.hold(2000);
    expect([memory.bytes, causesOf(memory)]).toStrictEqual([2000, ['overload']]);
    memory.hold(10);
    expect(heldMemory.bytes).toBe(10);
  });
});
