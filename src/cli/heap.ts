// Heap options for Node, for a server whose memory must not grow with traffic, nor its speed fall after a pause. Knows no rule and no traffic.

import { semiSpaceBytesMax } from '../base/held-memory.ts';

/**
 * Options that Node must be started with; a running process cannot set them.
 * V8 lets the young generation grow with the work done, up to three times 64 MiB on large machines, and does not give the
 * memory back. Objects of exchanges that are in progress are copied by each of its collections, so fewer collections cost less: with
 * up to 32 MiB a GET through Envoy takes 104 to 111 µs of processor time where it took 133 to 140 with 8, and the process 230 MiB
 * at most in place of 193 (`npm run bench -- e2e --workload get`). At rest there is no difference.
 * After some seconds without exchanges V8's memory reducer would collect in a way that leaves the process at twice the processor time
 * for each exchange, for as long as it was measured (a GET 210 µs, without it 110). What a load leaves behind is returned by
 * server/spare-memory.ts.
 */
export const heapArguments: readonly string[] = [
  '--no-memory-reducer',
  '--min-semi-space-size=8',
  `--max-semi-space-size=${semiSpaceBytesMax / (1024 * 1024)}`,
];

/**
 * The warning for a Node that was started without them; undefined if all are set.
 * @param started options that Node was started with: `process.execArgv`, and the words of NODE_OPTIONS.
 */
export function heapNotice(started: readonly string[]): string | undefined {
  const names = started.map((word) => word.replaceAll('_', '-').replace(/=.*$/, ''));
  const missing = heapArguments.filter((argument) => !names.includes(argument.replace(/=.*$/, '')));
  if (missing.length === 0) return undefined;
  return `Node was started without ${missing.join(' ')}: it may use up to 100 MiB more memory, or be slow after a pause. bin/weir sets this`;
}
