// What is known about an exchange at its end, in full. Plain values; who reads them is not known here.

import type { RuleMatch } from '../decision/verdict.ts';
import type { AuditWishes } from '../evaluate/audit-wishes.ts';
import type { Attributes } from '../http/attributes.ts';
import type { RequestHead, ResponseHead } from '../http/head.ts';
import type { Parties } from './parties.ts';
import type { Report } from './report.ts';

/**
 * How an exchange ended. `complete`: the proxy was done. `blocked`: we answered in its place. `cut`: as `blocked`, after
 * the response's head was out. `cancelled`: the proxy gave it up. `failed`: the stream was ended with an error.
 */
export type Ending = 'complete' | 'blocked' | 'cut' | 'cancelled' | 'failed';

/** How its stream ended. */
export type StreamEnding = Exclude<Ending, 'blocked' | 'cut'>;

/** The messages of an exchange, by which its time is divided. */
export type Stage = 'request-head' | 'request-body' | 'response-head' | 'response-body';

/** The full form: it never changes. Strings that came from outside are byte strings, unredacted. */
export interface TransactionRecord {
  readonly report: Report;
  readonly ending: Ending;
  readonly startedAt: Date;
  readonly durationMs: number;
  /** Absent when a response came without a request. */
  readonly request: RequestHead | undefined;
  /** Absent when the service gave no answer. */
  readonly response: ResponseHead | undefined;
  /** Who asked whom. */
  readonly parties: Parties;
  /** Everything that the proxy told beside the messages, as its configuration asks for it. */
  readonly attributes: Attributes;
  /** Name of the profile that it was inspected by; '' when none was chosen. */
  readonly profile: string;
  /** Generation of the rules; 0 when they are of no handle. */
  readonly generation: number;
  /** The status that we answered; 0 when we did not. */
  readonly blockStatus: number;
  readonly matches: readonly RuleMatch[];
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** Body offset at which the verdict fell; absent when it needed no body or the body's end. */
  readonly firstVerdictBytes: number | undefined;
  /** How long messages of each kind took, from when they came until it was clear what to answer; waits of its own included. */
  readonly stageMs: Readonly<Record<Stage, number>>;
  /** Bytes that passed uninspected, by cause. */
  readonly uninspected: ReadonlyMap<string, number>;
  readonly problems: readonly { readonly cause: string; readonly message: string }[];
  /** Whether and how rules and directives want it logged. */
  readonly audit: AuditWishes;
}
