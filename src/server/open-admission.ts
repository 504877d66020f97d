// The bounds on what is under way, with what the log says when they are reached and when there is room again. Knows no stream.

import type { ServeConfig } from '../config/config.ts';
import { Admission } from '../ext-proc/admission.ts';
import type { Log } from './logs.ts';

/** @param onOverload told why new exchanges are refused, and, with undefined, that there is room again. */
export function openAdmission(
  { limits }: Pick<ServeConfig, 'limits'>,
  log: Pick<Log, 'warn'>,
  onOverload: (reason: string | undefined) => void,
): Admission {
  return new Admission({
    limits,
    onOverload: (reason) => {
      log.warn(`overloaded, new exchanges are answered by the policy for "overload": ${reason}`);
      onOverload(reason);
    },
    onRoom: (refusals) => {
      log.warn(`there is room for new exchanges again, ${refusals} were refused`);
      onOverload(undefined);
    },
  });
}
