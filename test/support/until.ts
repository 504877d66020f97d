// Waits for what another process, thread or socket causes, where no event reports it.

import { setTimeout } from 'node:timers/promises';

const pollMs = 5;

/** Longer than anything takes unless something is broken. */
const waitMsMax = 30_000;

/**
 * Calls `ask` repeatedly until it returns a result, and returns that.
 * @throws Error that says `what` was waited for, when there is none within 30 s; an error from `ask` ends the wait at once.
 */
export async function until<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const end = performance.now() + waitMsMax;
  while (performance.now() < end) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    await setTimeout(pollMs);
  }
  throw new Error(`waited ${waitMsMax / 1000} s until ${what}`);
}
