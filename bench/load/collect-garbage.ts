// Loaded into Weir's process before everything else (`--import`) by benches that ask what exchanges hold: collects
// garbage every second and prints what is left, so that what is measured is state and not what waits to be collected.

import { collectGarbage } from '../../src/base/collect-garbage.ts';

/** What a line says, in bytes. */
export interface HeldMemory {
  /** Objects of JavaScript. */
  readonly heapBytes: number;
  /** Memory outside of the heap that objects hold: buffers, HTTP/2 streams, decompressors. */
  readonly externalBytes: number;
  readonly residentBytes: number;
}

const mark = 'held memory: ';

/** Reads a line of the process; undefined when it is another one's. */
export function heldMemoryOf(line: string): HeldMemory | undefined {
  return line.startsWith(mark) ? (JSON.parse(line.slice(mark.length)) as HeldMemory) : undefined;
}

// Only in the server: this file is imported for its reader too.
if (process.argv.includes('serve')) {
  const report = (): void => {
    collectGarbage({ type: 'major' });
    const { heapUsed, external, rss } = process.memoryUsage();
    const held: HeldMemory = { heapBytes: heapUsed, externalBytes: external, residentBytes: rss };
    process.stdout.write(`${mark}${JSON.stringify(held)}\n`);
  };
  setInterval(report, 1000).unref();
}
