import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { heapArguments } from '../../src/cli/heap.ts';
import { ChunkGarbage, type Collector } from '../../src/ext-proc/chunk-garbage.ts';

const file = pathToFileURL(join(import.meta.dirname, '../../src/ext-proc/chunk-garbage.ts')).href;

/** The most memory that 2,000 buffers of 64 KiB take, of which a given number are waiting at any time. */
const script = `
  import { ChunkGarbage } from ${JSON.stringify(file)};
  const [bytesMax, waitingMax] = process.argv.slice(1).map(Number);
  const garbage = new ChunkGarbage({ uncollectedBytesMax: bytesMax, uncollectedOldBytesMax: bytesMax });
  const waiting = [];
  let most = 0;
  for (let n = 0; n < 2000; n += 1) {
    waiting.push(new Uint8Array(65536));
    if (waiting.length > waitingMax) waiting.shift();
    garbage.received(65536);
    // Memory is freed by another thread; this program would never be idle.
    if (n % 64 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    most = Math.max(most, process.memoryUsage().arrayBuffers);
  }
  console.log(most);`;

describe('ChunkGarbage', () => {
  const collected: string[] = [];
  let heldBytes = 0;
  const collector: Collector = {
    young: () => void collected.push('young'),
    all: () => void collected.push('all'),
    heldBytes: () => heldBytes,
  };
  const bounds = { uncollectedBytesMax: 100, uncollectedOldBytesMax: 1000 };

  it('collects new buffers each time a given number of bytes has arrived', () => {
    collected.length = 0;
    const garbage = new ChunkGarbage(bounds, collector);
    for (let n = 0; n < 10; n += 1) garbage.received(30);
    expect(collected).toStrictEqual(['young', 'young']);
    garbage.received(1000);
    expect(collected).toStrictEqual(['young', 'young', 'young']);
  });

  it('collects all when the memory exceeds a quarter more plus what may wait', () => {
    const garbage = new ChunkGarbage(bounds, collector);
    const collectedAt = (held: number): readonly string[] => {
      collected.length = 0;
      heldBytes = held;
      garbage.received(100);
      return collected;
    };
    expect(collectedAt(5000)).toStrictEqual(['young']);
    expect(collectedAt(4000), 'the least that was held counts').toStrictEqual(['young']);
    expect(collectedAt(6000)).toStrictEqual(['young']);
    expect(collectedAt(6001)).toStrictEqual(['young', 'all']);
    expect(collectedAt(9000), 'what is still held then is not garbage').toStrictEqual(['young']);
    expect(collectedAt(12_250)).toStrictEqual(['young']);
    expect(collectedAt(12_251)).toStrictEqual(['young', 'all']);
  });

  it('limits the memory of dropped buffers, in a Node that is started as servers are', () => {
    const mostWith = (bytesMax: number, waitingMax: number): number => {
      const words = ['--input-type=module', '--eval', script, String(bytesMax), String(waitingMax)];
      return Number(execFileSync(process.execPath, [...heapArguments, ...words], { encoding: 'utf8' }));
    };
    const MiB = 1024 * 1024;
    for (const waitingMax of [1, 100]) {
      const waitingBytes = waitingMax * 65_536;
      const bounded = mostWith(4 * MiB, waitingMax) - waitingBytes;
      expect(bounded, `${bounded} bytes, ${waitingMax} waiting`).toBeLessThanOrEqual(20 * MiB);
      const free = mostWith(1024 * MiB, waitingMax) - waitingBytes;
      expect(free, `there was something to bound: ${free} bytes, ${bounded} bounded`).toBeGreaterThan(1.5 * bounded);
    }
  });
});
