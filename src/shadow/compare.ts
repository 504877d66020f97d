// Compares the verdicts of candidate and live rules on the same exchange. Knows no open exchange.

import type { Verdict } from '../decision/verdict.ts';
import type { ShadowOutcome } from '../profile/shadow.ts';

/** Whether it stops the exchange, or would if it were allowed to. */
const stops = ({ kind }: Verdict): boolean => kind !== 'allow';

/** @param isWhole whether the candidate received everything that the live rules could have received. */
export function compareVerdicts(live: Verdict, candidate: Verdict, isWhole: boolean): ShadowOutcome {
  if (stops(live) === stops(candidate)) return 'same';
  if (stops(candidate)) return 'stricter';
  return isWhole ? 'looser' : 'undecided';
}
