// The requests that are sent through every system: the exchanges of a workload, their expected result, and the twin that must be blocked.
// Knows no system.

import type { Header } from '../case.ts';

/** The rules that a system runs. */
export type RuleSet = 'crs' | 'starter';

/** One request as it is sent; `content-length` is added for a body that is not empty. */
export interface Sent {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: readonly Header[];
  readonly body: Buffer;
}

/** What the client must receive. */
export interface Expected {
  readonly bytes: number;
  /** SHA-256 in hexadecimal. */
  readonly sha256: string;
}

/** A benign exchange, and the same with an attack in it. Bodies may be made again by each call. */
export interface Twins {
  readonly benign: () => Sent;
  /** The response to `benign` when it carries the probe header: the service then returns the digest of what it received. */
  readonly expected: () => Expected;
  readonly attack: () => Sent;
  /** A rule that must be among those that match in `attack`. */
  readonly attackRuleId: Readonly<Record<RuleSet, number>>;
  /** For an attack that is a leak from the service: where it begins in the response's body. */
  readonly leakOffset?: number;
}

/** A declared measurement. */
export interface Workload {
  readonly name: string;
  /** A short description of what is sent. */
  readonly title: string;
  /** Bytes of body in an exchange, from which the number of connections and of variants in memory is derived. */
  readonly bytes: number;
  /** Connections at saturation. */
  readonly connections: number;
  /** At least 32 exchanges of one shape with different values. */
  readonly variants: readonly Twins[];
}

/** Carries the name of an exchange whose rule ids are checked; never sent while anything is timed. */
export const probeHeader = 'x-bench-probe';
