// Splits a Cookie header into REQUEST_COOKIES fields. Lenient on purpose: whatever some server would read as a cookie is a cookie
// here. Knows no rule.

import { trimHeaderSpace } from '../base/bytes.ts';
import type { FieldSink } from './field.ts';
import { writeField } from './field-writer.ts';

/**
 * Reads one Cookie header value (byte string) into the sink, in order, duplicates kept.
 *
 * Like ModSecurity 3 and Coraza: splits at `;`, drops spaces and tabs around a cookie, splits name and value at the first `=`,
 * keeps quotes, decodes nothing; a cookie without `=` has an empty value, empty segments are skipped. One deliberate difference:
 * a cookie without a name (`=value`) is reported under the empty name instead of being skipped, because browsers send and servers
 * read such cookies (RFC 6265bis §5.7).
 */
export function readCookies(header: string, sink: FieldSink, nameBytesMax: number): void {
  let start = 0;
  while (start <= header.length) {
    const semicolon = header.indexOf(';', start);
    const end = semicolon === -1 ? header.length : semicolon;
    const cookie = trimHeaderSpace(header.slice(start, end));
    start = end + 1;
    if (cookie.length === 0) continue;
    const equals = cookie.indexOf('=');
    const name = equals === -1 ? cookie : cookie.slice(0, equals);
    const value = equals === -1 ? '' : cookie.slice(equals + 1);
    writeField(sink, 'REQUEST_COOKIES', { name, value, nameBytesMax });
  }
}
