import { describe, expect, it } from 'vitest';
import { createProgress } from '../../src/server/progress.ts';
import { FakeClock } from '../support/fake-clock.ts';

describe('createProgress', () => {
  it('prints nothing when it is quick', (context) => {
    const clock = new FakeClock(context);
    const said: string[] = [];
    const progress = createProgress({
      everyMs: 3_000,
      say: (text) => said.push(text),
      clear: () => said.push('clear'),
    });
    progress.onProgress(1, 2);
    clock.advance(2_999);
    progress.stop();
    expect(said).toStrictEqual([]);
  });

  it('prints progress, and stops', (context) => {
    const clock = new FakeClock(context);
    const said: string[] = [];
    const progress = createProgress({
      everyMs: 3_000,
      say: (text) => said.push(text),
      clear: () => said.push('clear'),
    });
    clock.advance(3_000);
    progress.onProgress(3, 57);
    clock.advance(3_000);
    progress.stop();
    clock.advance(30_000);
    expect(said).toStrictEqual(['compiling patterns, 3 s', 'compiling patterns: 3 of 57 sets ready, 6 s', 'clear']);
  });
});
