// Waits for what another process, thread or socket brings about, where no event says so.

import { setTimeout } from 'node:timers/promises';

const pollMs = 5;

/** Nobody waits so long unless something is broken. */
const waitMsMax = 30_000;

/**
 * Asks again and again until there is an answer, and returns it.
 * @throws Error that says `what` was waited for, when there is none within 30 s; what `ask` throws ends the wait at once.
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
