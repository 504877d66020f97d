import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createProgress, terminalProgress } from '../../src/cli/progress.ts';

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('createProgress', () => {
  it('says nothing when it is quick', () => {
    const said: string[] = [];
    const progress = createProgress({
      everyMs: 60_000,
      say: (text) => said.push(text),
      clear: () => said.push('clear'),
    });
    progress.onProgress(1, 2);
    progress.stop();
    assert.deepEqual(said, []);
  });

  it('says how far it is, and stops', async () => {
    const said: string[] = [];
    const progress = createProgress({ everyMs: 20, say: (text) => said.push(text), clear: () => said.push('clear') });
    await wait(50);
    assert.match(said[0] ?? '', /^compiling patterns, \d+ s$/);
    progress.onProgress(3, 57);
    await wait(50);
    progress.stop();
    const count = said.length;
    assert.match(said.at(-2) ?? '', /^compiling patterns: 3 of 57 sets ready, \d+ s$/);
    assert.equal(said.at(-1), 'clear');
    await wait(50);
    assert.equal(said.length, count);
  });
});

describe('terminalProgress', () => {
  it('keeps silent where nobody watches', async () => {
    const written: string[] = [];
    const progress = terminalProgress({ isTTY: false, write: (text: string) => written.push(text) > 0 });
    await wait(700);
    progress.stop();
    assert.deepEqual(written, []);
  });

  it('rewrites one line and takes it back', async () => {
    const written: string[] = [];
    const progress = terminalProgress({ isTTY: true, write: (text: string) => written.push(text) > 0 });
    await wait(700);
    progress.stop();
    assert.match((written[0] ?? '').replace('\r\x1b[2K', '<erased>'), /^<erased>compiling patterns, \d+ s$/);
    assert.equal(written.at(-1), '\r\x1b[2K');
  });
});
