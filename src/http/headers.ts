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
