// The target of `redirect`: its URL with macros expanded, and made safe for a header whatever a client put into it.

import type { Macro } from '../plan/macro.ts';
import { expandMacro } from './macros.ts';
import type { RuleState } from './rule-state.ts';

/** Statuses for which clients follow a Location (ModSecurity reference manual v2.9, redirect; RFC 9110 §15.4.9 for 308). */
export const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Bytes that a URL cannot contain unescaped (RFC 3986 §2), including line ends and blanks. Brackets and `%` may be intended. */
const unfit = /[^!#-;=?-Z[\]_a-z~]/g;

/**
 * The value of the Location header: printable ASCII without blanks, other bytes as `%HH`. `undefined` if nothing is left or it is
 * longer than `redirectBytesMax`: then the exchange is denied without one.
 */
export function redirectLocation(url: Macro, state: RuleState): string | undefined {
  const { redirectBytesMax } = state.exchange.limits;
  const expanded = expandMacro(url, state).slice(0, redirectBytesMax + 1);
  const location = expanded.replace(unfit, (byte) => {
    return `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  });
  return location === '' || location.length > redirectBytesMax ? undefined : location;
}
