// Header lists as plain values: ordered, duplicates kept. Knows no rule and no protocol.

/**
 * One header or trailer. Both are byte strings (one UTF-16 unit per byte, 0–255), so that bytes that
 * are not UTF-8 survive. `name` is lower case, as HTTP/2 carries it (RFC 9113 §8.2).
 */
export interface Header {
  readonly name: string;
  readonly value: string;
}

/** Headers in the order in which they arrived; a name may repeat. */
export type HeaderList = readonly Header[];

/** Value of the first header called `name` (lower case); `undefined` if there is none. */
export function firstValue(headers: HeaderList, name: string): string | undefined {
  for (const header of headers) {
    if (header.name === name) return header.value;
  }
  return undefined;
}

/** Values of all headers called `name` (lower case), in order of arrival. */
export function allValues(headers: HeaderList, name: string): readonly string[] {
  const values: string[] = [];
  for (const header of headers) {
    if (header.name === name) values.push(header.value);
  }
  return values;
}

/**
 * The length that a message's head declares for its body (RFC 9110 §8.6); `undefined` without one, or if it is not a single
 * number.
 */
export function declaredLength(headers: HeaderList): number | undefined {
  const [value, ...more] = allValues(headers, 'content-length');
  return value !== undefined && more.length === 0 && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}
