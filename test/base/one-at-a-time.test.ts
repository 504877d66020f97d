import { describe, expect, it } from 'vitest';
import { oneAtATime } from '../../src/base/one-at-a-time.ts';

describe('oneAtATime', () => {
  it('runs once more for calls made during a run, after they were made', async () => {
    const runs: PromiseWithResolvers<number>[] = [];
    const call = oneAtATime(() => {
      const run = Promise.withResolvers<number>();
      runs.push(run);
      return run.promise;
    });
    const answers = [call(), call(), call()];
    expect(runs).toHaveLength(1);
    runs[0]?.resolve(1);
    await answers[0];
    await new Promise(setImmediate);
    expect(runs).toHaveLength(2);
    runs[1]?.resolve(2);
    expect(await Promise.all(answers)).toStrictEqual([1, 2, 2]);
    expect(call()).not.toBe(answers[2]);
    runs[2]?.resolve(3);
  });

  it('continues after a run that fails', async () => {
    let count = 0;
    const call = oneAtATime(() => {
      count += 1;
      return count === 1 ? Promise.reject(new Error('first')) : Promise.resolve(count);
    });
    const [first, second] = [call(), call()];
    await expect(first).rejects.toThrow('first');
    expect(await second).toBe(2);
  });
});
