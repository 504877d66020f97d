// Loaded into Weir's process before everything else (`--import`) by benches that measure the memory of exchanges: collects garbage every
// second and prints what is left, so that live state is measured and not garbage.

import { collectGarbage } from '../../src/base/collect-garbage.ts';

/** The figures of a line, in bytes. */
export interface HeldMemory {
  /** JavaScript objects. */
  readonly heapBytes: number;
  /** Memory outside of the heap that objects own: buffers, HTTP/2 streams, decompressors. */
  readonly externalBytes: number;
  readonly residentBytes: number;
}

const mark = 'held memory: ';

/** Parses a line that this file printed; undefined for any other line. */
export function heldMemoryOf(line: string): HeldMemory | undefined {
  return line.startsWith(mark) ? (JSON.parse(line.slice(mark.length)) as HeldMemory) : undefined;
}

// Only in the server: the reader of its lines also imports this file.
if (process.argv.includes('serve')) {
  const report = (): void => {
    collectGarbage({ type: 'major' });
    const { heapUsed, external, rss } = process.memoryUsage();
    const held: HeldMemory = { heapBytes: heapUsed, externalBytes: external, residentBytes: rss };
    process.stdout.write(`${mark}${JSON.stringify(held)}\n`);
  };
  setInterval(report, 1000).unref();
}
