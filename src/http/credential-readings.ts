// Alternate readings of credentials: the parts of `Authorization` that a service uses before authentication, in logs or lookups.
// Guesses: they add fields but never a failure.

import { toBytes } from '../base/bytes.ts';
import type { Header } from './headers.ts';
import { unheard, type ValueReadingOptions, ValueReadings } from './value-readings.ts';

const source = 'REQUEST_HEADERS_READING';

/** Whether a header may contain such credentials. */
export function mayHoldCredentials({ name }: Header): boolean {
  return name === 'authorization' || name === 'proxy-authorization';
}

/**
 * Reports, under the name of the header, user name and password of the Basic scheme (RFC 7617 §2) separately, and the string
 * literals in the head of a JSON Web Token (RFC 7515 §4): `kid` and `jku` say where to find the key, so they are used before the
 * signature is verified. The token's claims are verified first, and not read here.
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
