import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { heapArguments, heapNotice } from '../../src/cli/heap.ts';

const allocate = `let kept = [];
for (let n = 0; n < 2e7; n += 1) kept[n & 0x3ffff] = { n, list: [n] };
const space = require('node:v8').getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
console.log(space.physical_space_size);`;

describe('heapArguments', () => {
  it('limit the space for new objects', () => {
    const output = execFileSync(process.execPath, [...heapArguments, '--eval', allocate], { encoding: 'utf8' });
    expect(Number(output), `${output} bytes`).toBeLessThanOrEqual(2 * 32 * 1024 * 1024);
  });

  it('are given by everything that starts a server', () => {
    const [shebang = ''] = readFileSync(join(import.meta.dirname, '../../bin/weir'), 'utf8').split('\n');
    expect(shebang).toBe(`#!/usr/bin/env -S node ${heapArguments.join(' ')}`);
    const script = readFileSync(join(import.meta.dirname, '../../scripts/weir.mjs'), 'utf8');
    const quoted = heapArguments.map((word) => `'${word}'`).join(', ');
    expect(script.includes(`const nodeArguments = [${quoted}];`)).toBe(true);
  });
});

describe('heapNotice', () => {
  it('prints nothing if the space is limited, however that is written', () => {
    expect(heapNotice(['--enable-source-maps', ...heapArguments])).toBe(undefined);
    for (const word of ['--max_semi_space_size=16', '--max-semi-space-size']) {
      expect(heapNotice([word, '--min_semi_space_size=4', '--no_memory_reducer'])).toBe(undefined);
    }
  });

  it('reports what is missing', () => {
    expect(heapNotice([]) ?? '').toMatch(/--no-memory-reducer --min-semi-space-size=8 --max-semi-space-size=32:/);
    expect(heapNotice(heapArguments.slice(0, -1)) ?? '').toMatch(/without --max-semi-space-size=32:/);
    expect(heapNotice(heapArguments.slice(1)) ?? '').toMatch(/without --no-memory-reducer:/);
    expect(heapNotice(['--max-old-space-size=100']) ?? '').toMatch(/bin\/weir/);
  });
});
