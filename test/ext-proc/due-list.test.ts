import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DueList } from '../../src/ext-proc/due-list.ts';

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('DueList', () => {
  it('calls once, in time and not before', async () => {
    const list = new DueList();
    const calls: number[] = [];
    const start = performance.now();
    list.watch({ onDue: () => calls.push(performance.now() - start) }, start + 60);
    await sleep(200);
    assert.equal(calls.length, 1);
    assert.ok((calls[0] ?? 0) >= 60, `called after ${calls[0]} ms`);
    assert.equal(list.size, 0);
  });

  it('keeps the last time that was asked for, and forgets', async () => {
    const list = new DueList();
    const calls: string[] = [];
    const moved = { onDue: () => void calls.push('moved') };
    const forgotten = { onDue: () => void calls.push('forgotten') };
    const now = performance.now();
    list.watch(moved, now + 10_000);
    list.watch(moved, now + 20);
    list.watch(forgotten, now + 20);
    list.forget(forgotten);
    await sleep(100);
    assert.deepEqual(calls, ['moved']);
  });

  it('lets what is called wait again, and be forgotten by others', async () => {
    const list = new DueList();
    let count = 0;
    const again = {
      onDue: () => {
        count += 1;
        if (count < 3) list.watch(again, performance.now() + 5);
      },
    };
    list.watch(again, performance.now());
    await sleep(200);
    assert.equal(count, 3);
  });
});
