// Queries that every server decodes in the same way: valid escapes, no unescaped letters above U+00FF, no value with quotes,
// which could contain another format. Most are like this, and are split as short texts; all others go to `PairReader` and the
// alternate readings. Knows no rule.

import { hexDigitValue, notHex } from '../base/bytes.ts';
import { decodePercent } from './request-target.ts';

/** Options for reading a query. */
export interface PlainQueryOptions {
  readonly separator: string;
  readonly nameBytesMax: number;
}

/** From here on, bytes start letters above U+00FF, which `NarrowLetters` decodes differently. */
const farLetter = 0xc4;
const percent = 0x25;
/** Every literal that `ValueReadings` reports starts with one of these. */
const quote = /["']/;

/**
 * The pairs of a query (a byte string), name before value, as `PairReader` reports them; `undefined` for a query that needs
 * another reader. The additional cost is one look at each byte.
 */
export function plainPairs(query: string, { separator, nameBytesMax }: PlainQueryOptions): string[] | undefined {
  if ((separator !== '&' && separator !== ';') || !isPlain(query)) return undefined;
  const pairs: string[] = [];
  let equals = query.indexOf('=');
  for (let from = 0; from <= query.length; ) {
    const next = query.indexOf(separator, from);
    const end = next < 0 ? query.length : next;
    if (end > from) {
      // Searched again only after it was passed, so that a query without any is not searched for each pair.
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
