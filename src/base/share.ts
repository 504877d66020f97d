// A share of exchanges, N percent of them. Which ones is derived from the name of the exchange, so that every process picks the
// same ones, and a larger share contains the smaller. Knows no exchange.

import { createHash } from 'node:crypto';

/** Digits of the hash that decide: a share is exact to 100 / 65,536 percent. */
const digits = 4;

/** Names whose hash begins with a smaller number are in the share. */
const bound = (percent: number): number => Math.min(16 ** digits, Math.round((percent / 100) * 16 ** digits));

/** Whether a name is in a share. @param percent from 0 to 100. */
export function isInShare(name: string, percent: number): boolean {
  const hash = createHash('sha1').update(name).digest('hex');
  return Number.parseInt(hash.slice(0, digits), 16) < bound(percent);
}

/**
 * The same as an expression (RE2): it matches the SHA-1 of a name, in lower-case hexadecimal, when the name is in the share.
 * @param percent from 0 to 100.
 */
export function shareExpression(percent: number): string {
  const first = bound(percent);
  if (first >= 16 ** digits) return '^';
  const text = first.toString(16).padStart(digits, '0');
  const below = [...text].flatMap((digit, index) =>
    digit === '0' ? [] : [`${text.slice(0, index)}${digitsBelow(digit)}`],
  );
  return below.length === 0 ? '^$' : `^(?:${below.join('|')})`;
}

/** A character class of the hexadecimal digits below a given one. */
const digitsBelow = (digit: string): string => `[${'0123456789abcdef'.slice(0, Number.parseInt(digit, 16))}]`;
