// How Node's heap must be bounded for a server whose memory does not grow with what passes through it. Knows no rule and
// no traffic.

/**
 * Arguments that Node must be started with; a running process cannot set them for itself.
 * - V8 lets the space for new objects grow with the work done, up to three times 64 MiB on large machines, and gives
 *   nothing of it back: with 8 MiB from the start memory stays where it is, and the engine bench is as fast as with 16 MiB.
 * - The garbage that chunks of bodies become is collected by their bytes (src/ext-proc/chunk-garbage.ts).
 * Both were measured by bench/load/memory.ts.
 */
export const heapArguments: readonly string[] = ['--min-semi-space-size=8', '--max-semi-space-size=8', '--expose-gc'];

/**
 * What to tell a user whose Node was started without them; undefined when all is well.
 * @param started with what: `process.execArgv`, and the words of NODE_OPTIONS.
 */
export function heapNotice(started: readonly string[]): string | undefined {
  const names = started.map((word) => word.replaceAll('_', '-').replace(/=.*$/, ''));
  const missing = heapArguments.filter((argument) => !names.includes(argument.replace(/=.*$/, '')));
  if (missing.length === 0) return undefined;
  return `Node was started without ${missing.join(' ')}: up to 200 MiB more memory may be used. bin/weir sets it`;
}
