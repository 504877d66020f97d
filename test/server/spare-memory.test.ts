import { describe, expect, it } from 'vitest';
import { collectGarbage } from '../../src/base/collect-garbage.ts';
import { type Releaser, SpareMemory } from '../../src/server/spare-memory.ts';
import { FakeClock } from '../support/fake-clock.ts';

/** Records what was done, in order. */
function recorded(): { readonly done: string[]; readonly releaser: Releaser } {
  const done: string[] = [];
  return { done, releaser: { collect: () => done.push('collect'), trim: () => done.push('trim') } };
}

describe('SpareMemory', () => {
  it('returns free memory at once, and the rest when the server is idle', (test) => {
    const clock = new FakeClock(test);
    const { done, releaser } = recorded();
    let isIdle = false;
    const memory = new SpareMemory(() => isIdle, releaser);
    clock.advance(5_000);
    expect(done).toStrictEqual([]);
    memory.loaded();
    clock.advance(5_000);
    expect(done).toStrictEqual(['trim']);
    isIdle = true;
    clock.advance(5_000);
    expect(done).toStrictEqual(['trim', 'collect', 'trim', 'collect', 'trim']);
  });

  it('collects as often for loads in a row as for one, and again for a later one', (test) => {
    const clock = new FakeClock(test);
    const { done, releaser } = recorded();
    const memory = new SpareMemory(() => true, releaser);
    memory.loaded();
    memory.loaded();
    clock.advance(5_000);
    memory.loaded();
    clock.advance(5_000);
    expect(done.filter((one) => one === 'collect')).toHaveLength(4);
  });

  it('does nothing after its end', (test) => {
    const clock = new FakeClock(test);
    const { done, releaser } = recorded();
    const memory = new SpareMemory(() => true, releaser);
    memory.loaded();
    memory.close();
    memory.close();
    clock.advance(5_000);
    expect(done).toStrictEqual(['trim']);
  });

  it('returns memory that was used and freed', () => {
    const pause = Promise.withResolvers<void>();
    new SpareMemory(() => true, { collect: () => collectGarbage({ type: 'major' }), trim: pause.resolve }).loaded();
    return pause.promise;
  });
});
