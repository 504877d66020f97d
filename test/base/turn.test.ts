import { describe, expect, it } from 'vitest';
import { runAtOnce, runForCaller, runInTurns, type Steps, turn, waitFor } from '../../src/base/turn.ts';

const nextLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function* counting(log: string[], name: string, steps: number): Steps<string> {
  for (let n = 0; n < steps; n += 1) {
    log.push(`${name}${n}`);
    yield;
  }
  return name;
}

describe('turn', () => {
  it('counts the work of one turn of the event loop', async () => {
    await nextLoop();
    turn.spend(5);
    turn.spend(6);
    expect(turn.spent).toBe(11);
    await nextLoop();
    expect(turn.spent).toBe(0);
  });

  it('is over after a given amount of work, and never for a caller who waits', async () => {
    await nextLoop();
    turn.spend(10);
    expect([turn.isOver(10), turn.isOver(11)]).toStrictEqual([true, false]);
    function* asks(): Steps<boolean> {
      yield;
      return turn.isOver(10);
    }
    expect([runAtOnce(asks()), runForCaller(asks()), turn.isOver(10)]).toStrictEqual([true, false, true]);
    await nextLoop();
    expect(turn.isOver(10)).toBe(false);
  });

  it('gives each waiting caller a turn, in order', async () => {
    const log: string[] = [];
    const wait = async (name: string): Promise<void> => {
      await turn.next();
      turn.spend(1);
      log.push(`${name} after ${turn.spent}`);
    };
    const all = [wait('a'), wait('b'), wait('c')];
    expect(turn.waiting).toBe(3);
    await Promise.all(all);
    expect(turn.waiting).toBe(0);
    expect(log).toStrictEqual(['a after 1', 'b after 1', 'c after 1']);
  });
});

describe('turns of many callers', () => {
  it('go every other time to callers that spent little', async () => {
    const log: string[] = [];
    const heavy = ['h1', 'h2', 'h3', 'h4'].map((name) => turn.next(10_000_000).then(() => log.push(name)));
    const light = ['l1', 'l2'].map((name) => turn.next(10).then(() => log.push(name)));
    await Promise.all([...heavy, ...light]);
    expect(log.filter((name) => name.startsWith('h'))).toStrictEqual(['h1', 'h2', 'h3', 'h4']);
    expect(log.indexOf('l1') <= 1 && log.indexOf('l2') <= 3, log.join()).toBe(true);
  });
});

describe('runAtOnce', () => {
  it('runs all steps', () => {
    expect(runAtOnce(counting([], 'a', 5))).toBe('a');
  });
});

describe('runInTurns', () => {
  it('returns at once when no turn is over', () => {
    expect(runInTurns(counting([], 'a', 0))).toBe('a');
  });

  it('lets computations take turns', async () => {
    const log: string[] = [];
    const results = await Promise.all([runInTurns(counting(log, 'a', 3)), runInTurns(counting(log, 'b', 2))]);
    expect(results).toStrictEqual(['a', 'b']);
    expect(log).toStrictEqual(['a0', 'b0', 'a1', 'b1', 'a2']);
  });

  it('rejects with what a step throws', async () => {
    function* failing(): Steps<void> {
      yield;
      throw new Error('odd');
    }
    await expect(async () => runInTurns(failing())).rejects.toThrow(/odd/);
  });

  it('stops when it is aborted', async () => {
    const log: string[] = [];
    let isOver = false;
    const result = runInTurns(counting(log, 'a', 1000), {
      instead: () => (isOver ? 'given up' : undefined),
      woken: () => new Promise(() => {}),
    });
    isOver = true;
    expect(await result).toBe('given up');
    expect(log).toStrictEqual(['a0']);
  });
});

describe('waitFor', () => {
  function* looked<Value>(value: Value | Promise<Value>): Steps<string> {
    return `found ${yield* waitFor(value)}`;
  }

  it('costs no turn if the value is available', () => {
    expect(runInTurns(looked(1))).toBe('found 1');
    expect(runAtOnce(looked('a'))).toBe('found a');
  });

  it('waits for a value that is not', async () => {
    const { promise, resolve } = Promise.withResolvers<number>();
    const result = runInTurns(looked(promise));
    expect.assert(result instanceof Promise);
    resolve(7);
    expect(await result).toBe('found 7');
  });

  it('throws the reason of a rejected promise where it waits', async () => {
    function* caught(): Steps<string> {
      try {
        return yield* looked(Promise.reject(new Error('no store')));
      } catch (error) {
        return (error as Error).message;
      }
    }
    expect(await runInTurns(caught())).toBe('no store');
  });

  it('cannot run synchronously', () => {
    expect(() => runAtOnce(looked(new Promise(() => {})))).toThrow(/waits for something/);
  });

  it('can be aborted while it waits for a promise that never resolves', async () => {
    const { promise: woken, resolve: wake } = Promise.withResolvers<void>();
    let isOver = false;
    const result = runInTurns(looked(new Promise(() => {})), {
      instead: () => (isOver ? 'given up' : undefined),
      woken: () => woken,
    });
    isOver = true;
    wake();
    expect(await result).toBe('given up');
  });
});
