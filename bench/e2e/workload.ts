// What is asked through every system: the exchanges of a workload, what must come of each, and the twin that must be
// blocked. Knows no system.

import type { Header } from '../case.ts';

/** Whose rules a system runs. */
export type RuleSet = 'crs' | 'starter';

/** One request as it is sent; `content-length` is added for a body that is not empty. */
export interface Sent {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: readonly Header[];
  readonly body: Buffer;
}

/** What the client must get. */
export interface Expected {
  readonly bytes: number;
  /** SHA-256 in hexadecimal. */
  readonly sha256: string;
}

/** A benign exchange, and the same with an attack in it. Bodies may be made anew by each call. */
export interface Twins {
  readonly benign: () => Sent;
  /** What comes of `benign` when it carries the probe header: the service then names the digest of what it got. */
  readonly expected: () => Expected;
  readonly attack: () => Sent;
  /** A rule that must be among those that match in `attack`. */
  readonly attackRuleId: Readonly<Record<RuleSet, number>>;
  /** For an attack that is a leak of the service: where in the response's body it begins. */
  readonly leakOffset?: number;
}

/** A declared measurement. */
export interface Workload {
  readonly name: string;
  /** What is sent, in a few words. */
  readonly title: string;
  /** Bytes of body that an exchange carries, for the choice of connections and of how many variants are held at once. */
  readonly bytes: number;
  /** Connections at saturation. */
  readonly connections: number;
  /** At least 32 exchanges of one shape with other values. */
  readonly variants: readonly Twins[];
}

/** Carries the name of an exchange whose rule ids are asked for; never sent while anything is timed. */
export const probeHeader = 'x-bench-probe';
