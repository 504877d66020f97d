// The deadlines of a direction whose sender is silent. Knows times and how far inspection has got, no rule and no verdict.

import { WafError } from '../base/errors.ts';
import type { Limits } from '../base/limits.ts';
import type { HeldSide } from './held-side.ts';
import type { Inspection } from './inspection.ts';

/** Monotonic milliseconds; Infinity: never. */
export interface Deadlines {
  /** When what a slow sender sent is evaluated, before its next stride is full. */
  readonly quietMs: number;
  /** When undecided bytes have been held so long that nothing more is expected. */
  readonly stalledMs: number;
}

const never: Deadlines = { quietMs: Infinity, stalledMs: Infinity };

/** The deadlines of a direction in its present state. @param inspection undefined while there is none. */
export function deadlinesOf(
  side: HeldSide,
  inspection: Inspection | undefined,
  { quietMsMax, exchangeIdleMsMax }: Pick<Limits, 'quietMsMax' | 'exchangeIdleMsMax'>,
): Deadlines {
  if (side.phase !== 'in-body' || side.passes || inspection === undefined) return never;
  const { receivedBytes, newestMs, oldestMs, flows } = side.queue;
  const isUnsettled = inspection.side(side.direction).consideredBytes < receivedBytes;
  const isStuck = flows && oldestMs !== undefined;
  return {
    quietMs: isUnsettled ? newestMs + quietMsMax : Infinity,
    stalledMs: isStuck ? newestMs + exchangeIdleMsMax : Infinity,
  };
}

/** The error of a direction from which nothing more is expected. */
export function stalled(
  { direction, queue }: HeldSide,
  inspection: Inspection,
  { exchangeIdleMsMax: ms }: Pick<Limits, 'exchangeIdleMsMax'>,
): WafError {
  const bytes = queue.receivedBytes - inspection.side(direction).evaluatedBytes;
  return new WafError(
    'deadline.exceeded',
    `what ${bytes} bytes of the ${direction} body mean depends on what follows, and nothing followed for ${ms} ms`,
  );
}
