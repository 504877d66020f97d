// What candidate and live rules made of the same exchange, side by side. Knows no exchange under way.

import type { Verdict } from '../decision/verdict.ts';
import type { ShadowOutcome } from '../profile/shadow.ts';

/** Whether it stops the exchange, or would if it were allowed to. */
const stops = ({ kind }: Verdict): boolean => kind !== 'allow';

/** @param isWhole whether the candidate was given all that the live rules could have been given. */
export function compareVerdicts(live: Verdict, candidate: Verdict, isWhole: boolean): ShadowOutcome {
  if (stops(live) === stops(candidate)) return 'same';
  if (stops(candidate)) return 'stricter';
  return isWhole ? 'looser' : 'undecided';
}
