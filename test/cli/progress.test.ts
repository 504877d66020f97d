import { describe, expect, it } from 'vitest';
import { terminalProgress } from '../../src/cli/progress.ts';
import { FakeClock } from '../support/fake-clock.ts';

describe('terminalProgress', () => {
  it('prints nothing if there is no terminal', (context) => {
    const clock = new FakeClock(context);
    const written: string[] = [];
    const progress = terminalProgress({ isTTY: false, write: (text: string) => written.push(text) > 0 });
    clock.advance(10_000);
    progress.stop();
    expect(written).toStrictEqual([]);
  });

  it('rewrites one line and clears it', (context) => {
    const clock = new FakeClock(context);
    const written: string[] = [];
    const progress = terminalProgress({ isTTY: true, write: (text: string) => written.push(text) > 0 });
    clock.advance(1_000);
    progress.stop();
    expect(written.map((text) => text.replace('\r\x1b[2K', '<erased>'))).toStrictEqual([
      '<erased>compiling patterns, 1 s',
      '<erased>compiling patterns, 1 s',
      '<erased>',
    ]);
  });
});
