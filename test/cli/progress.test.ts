import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createProgress, terminalProgress } from '../../src/cli/progress.ts';
import { FakeClock } from '../support/fake-clock.ts';

describe('createProgress', () => {
  it('says nothing when it is quick', (context) => {
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
    assert.deepEqual(said, []);
  });

  it('says how far it is, and stops', (context) => {
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
    assert.deepEqual(said, ['compiling patterns, 3 s', 'compiling patterns: 3 of 57 sets ready, 6 s', 'clear']);
  });
});

describe('terminalProgress', () => {
  it('keeps silent where nobody watches', (context) => {
    const clock = new FakeClock(context);
    const written: string[] = [];
    const progress = terminalProgress({ isTTY: false, write: (text: string) => written.push(text) > 0 });
    clock.advance(10_000);
    progress.stop();
    assert.deepEqual(written, []);
  });

  it('rewrites one line and takes it back', (context) => {
    const clock = new FakeClock(context);
    const written: string[] = [];
    const progress = terminalProgress({ isTTY: true, write: (text: string) => written.push(text) > 0 });
    clock.advance(1_000);
    progress.stop();
    assert.deepEqual(
      written.map((text) => text.replace('\r\x1b[2K', '<erased>')),
      ['<erased>compiling patterns, 1 s', '<erased>compiling patterns, 1 s', '<erased>'],
    );
  });
});
