// The limits on open exchanges, and the log messages when they are reached and when there is room again. Knows no stream.

import type { ServeConfig } from '../config/config.ts';
import { Admission } from '../ext-proc/admission.ts';
import type { Log } from './logs.ts';

/** @param onOverload called with the reason when new exchanges are refused, and with undefined when there is room again. */
export function openAdmission(
  { limits }: Pick<ServeConfig, 'limits'>,
  log: Pick<Log, 'warn'>,
  onOverload: (reason: string | undefined) => void,
): Admission {
  return new Admission({
    limits,
    onOverload: (reason) => {
      log.warn(`overloaded: new exchanges are handled by the policy for "overload": ${reason}`);
      onOverload(reason);
    },
    onRoom: (refusals) => {
      log.warn(`there is room for new exchanges again, ${refusals} were refused`);
      onOverload(undefined);
    },
  });
}
