import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
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
    assert.equal(turn.spent, 11);
    await nextLoop();
    assert.equal(turn.spent, 0);
  });

  it('is over after so much work, and never for a caller who waits', async () => {
    await nextLoop();
    turn.spend(10);
    assert.deepEqual([turn.isOver(10), turn.isOver(11)], [true, false]);
    function* asks(): Steps<boolean> {
      yield;
      return turn.isOver(10);
    }
    assert.deepEqual([runAtOnce(asks()), runForCaller(asks()), turn.isOver(10)], [true, false, true]);
    await nextLoop();
    assert.equal(turn.isOver(10), false);
  });

  it('gives each who waits a turn, in order', async () => {
    const log: string[] = [];
    const wait = async (name: string): Promise<void> => {
      await turn.next();
      turn.spend(1);
      log.push(`${name} after ${turn.spent}`);
    };
    await Promise.all([wait('a'), wait('b'), wait('c')]);
    assert.deepEqual(log, ['a after 1', 'b after 1', 'c after 1']);
  });
});

describe('turns of many', () => {
  it('go every other time to those who spent little', async () => {
    const log: string[] = [];
    const heavy = ['h1', 'h2', 'h3', 'h4'].map((name) => turn.next(10_000_000).then(() => log.push(name)));
    const light = ['l1', 'l2'].map((name) => turn.next(10).then(() => log.push(name)));
    await Promise.all([...heavy, ...light]);
    assert.deepEqual(
      log.filter((name) => name.startsWith('h')),
      ['h1', 'h2', 'h3', 'h4'],
    );
    assert.ok(log.indexOf('l1') <= 1 && log.indexOf('l2') <= 3, log.join());
  });
});

describe('runAtOnce', () => {
  it('does all steps', () => {
    assert.equal(runAtOnce(counting([], 'a', 5)), 'a');
  });
});

describe('runInTurns', () => {
  it('answers at once when no turn is over', () => {
    assert.equal(runInTurns(counting([], 'a', 0)), 'a');
  });

  it('lets computations take turns', async () => {
    const log: string[] = [];
    const results = await Promise.all([runInTurns(counting(log, 'a', 3)), runInTurns(counting(log, 'b', 2))]);
    assert.deepEqual(results, ['a', 'b']);
    assert.deepEqual(log, ['a0', 'b0', 'a1', 'b1', 'a2']);
  });

  it('rejects with what a step throws', async () => {
    function* failing(): Steps<void> {
      yield;
      throw new Error('odd');
    }
    await assert.rejects(async () => runInTurns(failing()), /odd/);
  });

  it('gives up when it is told to', async () => {
    const log: string[] = [];
    let isOver = false;
    const result = runInTurns(counting(log, 'a', 1000), {
      instead: () => (isOver ? 'given up' : undefined),
      woken: () => new Promise(() => {}),
    });
    isOver = true;
    assert.equal(await result, 'given up');
    assert.deepEqual(log, ['a0']);
  });
});

describe('waitFor', () => {
  function* looked<Value>(value: Value | Promise<Value>): Steps<string> {
    return `found ${yield* waitFor(value)}`;
  }

  it('costs no turn where the value is at hand', () => {
    assert.equal(runInTurns(looked(1)), 'found 1');
    assert.equal(runAtOnce(looked('a')), 'found a');
  });

  it('waits for what is not', async () => {
    const { promise, resolve } = Promise.withResolvers<number>();
    const result = runInTurns(looked(promise));
    assert.ok(result instanceof Promise);
    resolve(7);
    assert.equal(await result, 'found 7');
  });

  it('throws where it waits what the promise is rejected with', async () => {
    function* caught(): Steps<string> {
      try {
        return yield* looked(Promise.reject(new Error('no store')));
      } catch (error) {
        return (error as Error).message;
      }
    }
    assert.equal(await runInTurns(caught()), 'no store');
  });

  it('cannot be done at once', () => {
    assert.throws(() => runAtOnce(looked(new Promise(() => {}))), /waits for something/);
  });

  it('is given up while it waits for what never comes', async () => {
    const { promise: woken, resolve: wake } = Promise.withResolvers<void>();
    let isOver = false;
    const result = runInTurns(looked(new Promise(() => {})), {
      instead: () => (isOver ? 'given up' : undefined),
      woken: () => woken,
    });
    isOver = true;
    wake();
    assert.equal(await result, 'given up');
  });
});
