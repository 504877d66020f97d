// The id of an exchange in logs, metadata and block pages. Knows no rules.

import { randomUUID } from 'node:crypto';
import { firstValue, type HeaderList } from '../http/headers.ts';

/** Letters, digits and the punctuation of common id formats: nothing that could break a log line or a page. */
const sane = /^[A-Za-z0-9][A-Za-z0-9._:-]{7,127}$/;

/** The request's `x-request-id` when it is 8 to 128 harmless characters. */
export function givenRequestId(headers: HeaderList): string | undefined {
  const given = firstValue(headers, 'x-request-id');
  return given !== undefined && sane.test(given) ? given : undefined;
}

/**
 * The request's `x-request-id` when it is 8 to 128 harmless characters (Envoy sets it; a client may have chosen it, so
 * it names an exchange and proves nothing), else a random UUID.
 */
export function requestIdOf(headers: HeaderList): string {
  return givenRequestId(headers) ?? randomUUID();
}
