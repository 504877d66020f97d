// Queries that everybody reads alike: valid escapes, no letters beyond U+00FF as they are, no value with quotes, which may be a text of its own. Most
// are, and are split as the short texts they are; all others are for `PairReader` and its further readings. Knows no rule.

import { hexDigitValue, notHex } from '../base/bytes.ts';
import { decodePercent } from './request-target.ts';

/** What a query is read with. */
export interface PlainQueryOptions {
  readonly separator: string;
  readonly nameBytesMax: number;
}

/** From here on bytes begin letters beyond U+00FF, which `NarrowLetters` reads otherwise. */
const farLetter = 0xc4;
const percent = 0x25;
/** What every literal opens with that `ValueReadings` reports. */
const quote = /["']/;

/**
 * The pairs of a query (a byte string), name before value, as `PairReader` reports them; `undefined` for one that something else is
 * to read. What it costs beside the reader is one look at each byte.
 */
export function plainPairs(query: string, { separator, nameBytesMax }: PlainQueryOptions): string[] | undefined {
  if ((separator !== '&' && separator !== ';') || !isPlain(query)) return undefined;
  const pairs: string[] = [];
  let equals = query.indexOf('=');
  for (let from = 0; from <= query.length; ) {
    const next = query.indexOf(separator, from);
    const end = next < 0 ? query.length : next;
    if (end > from) {
      // Asked for again only when it was passed: a query without any is not to be searched for each pair.
      if (equals >= 0 && equals < from) equals = query.indexOf('=', from);
      const hasValue = equals >= 0 && equals < end;
      const name = decode(query.slice(from, hasValue ? equals : end));
      const value = hasValue ? decode(query.slice(equals + 1, end)) : '';
      if (name.length > nameBytesMax || quote.test(value)) return undefined;
      pairs.push(name, value);
    }
    from = end + 1;
  }
  return pairs;
}

function isPlain(query: string): boolean {
  for (let at = 0; at < query.length; at += 1) {
    const unit = query.charCodeAt(at);
    if (unit >= farLetter) return false;
    if (unit === percent && !(isHex(query, at + 1) && isHex(query, at + 2))) return false;
  }
  return true;
}

function isHex(text: string, at: number): boolean {
  return at < text.length && hexDigitValue[text.charCodeAt(at)] !== notHex;
}

function decode(text: string): string {
  return decodePercent(text.includes('+') ? text.replaceAll('+', ' ') : text);
}
