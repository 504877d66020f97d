import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { heapArguments } from '../../src/cli/heap.ts';
import { ChunkGarbage } from '../../src/ext-proc/chunk-garbage.ts';

const file = pathToFileURL(join(import.meta.dirname, '../../src/ext-proc/chunk-garbage.ts')).href;

/** The most memory that 2,000 buffers of 64 KiB take, one dropped after the other. */
const script = `
  import { ChunkGarbage } from ${JSON.stringify(file)};
  const garbage = new ChunkGarbage(Number(process.argv[1]));
  let most = 0;
  for (let n = 0; n < 2000; n += 1) {
    const chunk = new Uint8Array(65536);
    garbage.received(chunk.length);
    most = Math.max(most, process.memoryUsage().arrayBuffers);
  }
  console.log(most);`;

describe('ChunkGarbage', () => {
  it('collects each time so many bytes have come', () => {
    let collections = 0;
    const garbage = new ChunkGarbage(100, () => {
      collections += 1;
    });
    for (let n = 0; n < 10; n += 1) garbage.received(30);
    assert.equal(collections, 2);
    garbage.received(1000);
    assert.equal(collections, 3);
  });

  it('bounds what dropped buffers hold, in a Node that is started as servers are', () => {
    const mostWith = (bytesMax: number): number =>
      Number(
        execFileSync(process.execPath, [...heapArguments, '--input-type=module', '--eval', script, String(bytesMax)], {
          encoding: 'utf8',
        }),
      );
    const MiB = 1024 * 1024;
    const bounded = mostWith(4 * MiB);
    assert.ok(bounded <= 12 * MiB, `${bounded} bytes`);
    assert.ok(mostWith(1024 * MiB) > 2 * bounded, 'there was something to bound');
  });

  it('does nothing where nothing can be collected', () => {
    new ChunkGarbage(1, undefined).received(5);
  });
});
