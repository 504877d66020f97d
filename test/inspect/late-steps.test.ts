import { describe, expect, it } from 'vitest';
import { heldMemory } from '../../src/base/held-memory.ts';
import { limits, limitsWith } from '../../src/base/limits.ts';
import { LateSteps } from '../../src/inspect/late-steps.ts';
import { Memory } from '../../src/inspect/memory.ts';
import { Problems } from '../../src/inspect/problems.ts';
import { Work } from '../../src/inspect/work.ts';

const open = (lateBytesMax = 1_000_000) => {
  const bounds = limitsWith({ turnWorkMax: 10, lateBytesMax });
  const problems = new Problems();
  const [work, memory] = [new Work(bounds, problems), new Memory(bounds, problems)];
  return { work, memory, late: new LateSteps(work, bounds, memory) };
};

const nextLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('LateSteps', () => {
  it('is needed once the turn is over, and as long as something waits', async () => {
    await nextLoop();
    const { work, late } = open();
    expect(late.isNeeded).toBeFalsy();
    work.spend(10);
    expect.assert(late.isNeeded);
    late.add(() => {}, 0);
    await nextLoop();
    expect.assert(late.isNeeded);
    expect([...late.run()]).toStrictEqual([]);
    expect(late.isNeeded).toBeFalsy();
  });

  it('runs steps in order, a given number per turn', async () => {
    await nextLoop();
    const { work, late } = open();
    const done: number[] = [];
    for (let n = 0; n < 5; n += 1) {
      late.add(() => {
        done.push(n);
        work.spend(5);
      }, 0);
    }
    const seen: number[] = [];
    for (const _ of late.run()) {
      seen.push(done.length);
      await nextLoop();
    }
    expect(seen).toStrictEqual([2, 4]);
    expect(done).toStrictEqual([0, 1, 2, 3, 4]);
  });

  it('keeps no more than its limit', () => {
    const { work, late } = open(2000);
    work.spend(10);
    const done: string[] = [];
    late.add(() => done.push('small'), 0);
    late.add(() => done.push('large'), 1800);
    expect(done).toStrictEqual(['small', 'large']);
  });

  it('has room for what one piece of a body can contain: a value for every second byte, each with a name of maximum length', () => {
    const stepsOfValue = 3;
    const valueBytes = limits.fieldNameBytesMax + stepsOfValue * 128;
    expect(limits.lateBytesMax).toBeGreaterThan((limits.pieceBytes / 2) * valueBytes);
  });

  it('keeps nothing if no memory is left, and releases what it took', () => {
    const { work, memory, late } = open();
    work.spend(10);
    late.add(() => {}, 1000);
    expect(memory.bytes).toBeGreaterThan(1000);
    late.discard();
    expect(memory.bytes).toBe(0);
    const others = limits.memoryBytesMax;
    heldMemory.add(others);
    const done: string[] = [];
    late.add(() => done.push('at once'), 0);
    heldMemory.add(-others);
    expect([done, memory.bytes]).toStrictEqual([['at once'], 0]);
  });

  it('can be cleared', () => {
    const { work, late } = open();
    work.spend(10);
    late.add(() => expect.fail('done'), 0);
    late.discard();
    expect([...late.run()]).toStrictEqual([]);
  });
});
