import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';

const file = pathToFileURL(join(import.meta.dirname, '../../src/base/collect-garbage.ts')).href;

/** Runs a script in a new Node process. */
function answerOf(script: string, ...options: readonly string[]): unknown {
  const begin = `import { createRequire } from 'node:module';
    const { collectGarbage } = await import(${JSON.stringify(file)});
    const require = createRequire(import.meta.url);`;
  const words = ['--no-warnings', ...options, '--input-type=module', '--eval', begin + script];
  return JSON.parse(execFileSync(process.execPath, words, { encoding: 'utf8' }));
}

const isCollected = `
  const freed = [];
  for (const type of ['minor', 'major']) {
    let buffers = Array.from({ length: 100 }, () => new ArrayBuffer(65_536));
    const held = process.memoryUsage().arrayBuffers;
    buffers = undefined;
    // The stack frame may still hold unnamed values; the memory of buffers is freed by another thread.
    await new Promise(setImmediate);
    collectGarbage({ type });
    for (let turn = 0; turn < 1000 && process.memoryUsage().arrayBuffers > held / 2; turn += 1) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    freed.push(held - process.memoryUsage().arrayBuffers);
  }
  console.log(JSON.stringify({ freed, global: typeof globalThis.gc }));`;

describe('collectGarbage', () => {
  it.each([
    { options: [], global: 'undefined' },
    { options: ['--expose-gc'], global: 'function' },
  ])('collects in a Node started with $options', ({ options, global }) => {
    const answer = answerOf(isCollected, ...options) as { freed: readonly number[]; global: string };
    expect(answer.global).toBe(global);
    for (const bytes of answer.freed) expect(bytes).toBeGreaterThan(50 * 65_536);
  });

  it('keeps the code that Node ships precompiled valid for modules loaded later', () => {
    const script = `
      collectGarbage({ type: 'minor' });
      for (const name of ['child_process', 'http', 'zlib', 'worker_threads']) require(name);
      const { getCacheUsage } = require('internal/test/binding').internalBinding('builtins');
      console.log(getCacheUsage().compiledWithoutCache.size);`;
    expect(answerOf(script, '--expose-internals')).toBe(0);
    // With the option, the count would not be zero.
    expect(answerOf(script, '--expose-internals', '--expose-gc')).toBeGreaterThan(0);
  });
});
