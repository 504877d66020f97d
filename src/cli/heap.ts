// How Node's heap must be bounded for a server whose memory does not grow with what passes through it. Knows no rule and
// no traffic.

/**
 * Arguments that Node must be started with. V8 lets the space for new objects grow with the work done, up to three times
 * 64 MiB on large machines, and gives nothing of it back: with 16 MiB memory stays where it is, at no measurable cost
 * (bench/load/memory.ts). Only read when Node starts, so a running process cannot set it for itself.
 */
export const heapArguments: readonly string[] = ['--max-semi-space-size=16'];

/**
 * What to tell a user whose Node was started without a bound; undefined when all is well.
 * @param started with what: `process.execArgv`, and the words of NODE_OPTIONS.
 */
export function heapNotice(started: readonly string[]): string | undefined {
  const isBounded = started.some((word) => /^--max[-_]semi[-_]space[-_]size(?:=|$)/.test(word));
  if (isBounded) return undefined;
  return `Node was started without ${heapArguments.join(' ')}: up to 200 MiB more memory may be used. bin/weir sets it`;
}
