// The end of a process whose threads may be at work. Knows no server.

import { compileTasks } from '../matching/compile-pool.ts';
import { nativeAddon } from '../matching/native.ts';

/**
 * Ends the process now. `process.exit` waits for the threads of Node: one that compiles patterns cannot be interrupted, and a set takes
 * up to seconds. @param code 0 to 255.
 */
export function endProcess(code: number): never {
  if (compileTasks().running > 0) nativeAddon().endProcess(code);
  process.exit(code);
}
