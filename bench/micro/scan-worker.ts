// The job of a worker thread of `scan-threads.ts`: one block scan.

import { nativeAddon } from '../../src/matching/native.ts';

/** The arguments of `scanBatch`, over shared memory. */
export type ScanTask = readonly [
  program: number,
  slab: Uint8Array,
  fields: Uint32Array,
  fieldCount: number,
  hits: Uint32Array,
];

/** Entry point of a thread. */
export default function scan(task: ScanTask): number {
  return nativeAddon().scanBatch(...task);
}
