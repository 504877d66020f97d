// Further readings of credentials: what a service takes from `Authorization` before it knows who asks, and logs or looks up. Guesses, as
// those of cookies: they add fields and never a failure.

import { toBytes } from '../base/bytes.ts';
import type { Header } from './headers.ts';
import { unheard, type ValueReadingOptions, ValueReadings } from './value-readings.ts';

const source = 'REQUEST_HEADERS_READING';

/** Whether a header may hold credentials that are read further. */
export function mayHoldCredentials({ name }: Header): boolean {
  return name === 'authorization' || name === 'proxy-authorization';
}

/**
 * Reports, under the name of the header, user name and password of the Basic scheme (RFC 7617 §2), each by itself, and the string
 * literals in the head of a JSON Web Token (RFC 7515 §4): `kid` and `jku` say where to look for the key, so they are used before
 * any signature is checked. What a token claims is checked first, and not read.
 */
export function readCredentials({ name, value }: Header, options: ValueReadingOptions): void {
  const [, scheme = '', given = ''] = /^\s*([A-Za-z]+)\s+(\S+)/.exec(value) ?? [];
  if (/^basic$/i.test(scheme)) {
    const text = decoded(given);
    const colon = text.indexOf(':');
    const sink = options.openReading();
    const report = (part: string): void => {
      if (part === '') return;
      sink.begin(source, name);
      sink.write(toBytes(part));
      sink.end();
    };
    report(colon < 0 ? text : text.slice(0, colon));
    if (colon >= 0) report(text.slice(colon + 1));
    return;
  }
  const dot = given.indexOf('.');
  if (dot < 0) return;
  const literals = new ValueReadings(unheard, options);
  literals.begin(source, name);
  literals.write(toBytes(decoded(given.slice(0, dot))));
  literals.end();
}

/** A byte string from base64, in either alphabet. */
const decoded = (text: string): string => Buffer.from(text, 'base64').toString('latin1');
