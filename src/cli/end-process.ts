// Ends a process whose threads may be working. Knows no server.

import { compileTasks } from '../matching/compile-pool.ts';
import { nativeAddon } from '../matching/native.ts';

/**
 * Ends the process immediately. `process.exit` waits for Node's threads, and one that compiles patterns cannot be interrupted for
 * up to several seconds. @param code 0 to 255.
 */
export function endProcess(code: number): never {
  if (compileTasks().running > 0) nativeAddon().endProcess(code);
  process.exit(code);
}
