// What is known about an exchange at its end, in full. Plain values; who reads them is not known here.

import type { RuleMatch } from '../decision/verdict.ts';
import type { AuditWishes } from '../evaluate/audit-wishes.ts';
import type { Attributes } from '../http/attributes.ts';
import type { RequestHead, ResponseHead } from '../http/head.ts';
import type { Parties } from './parties.ts';
import type { Report } from './report.ts';

/**
 * How an exchange ended. `complete`: the proxy was done. `blocked`: we answered in its place. `cut`: as `blocked`, after the
 * response's head had been sent. `cancelled`: the proxy cancelled it. `failed`: the stream was ended with an error.
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
  /** Client and upstream. */
  readonly parties: Parties;
  /** All attributes sent by the proxy, as its configuration requests them. */
  readonly attributes: Attributes;
  /** Name of the profile that it was inspected by; '' when none was chosen. */
  readonly profile: string;
  /** Generation of the rules; 0 when they have no handle. */
  readonly generation: number;
  /** The status that we answered; 0 when we did not. */
  readonly blockStatus: number;
  readonly matches: readonly RuleMatch[];
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** Body offset at which the verdict was reached; absent when it needed no body or the body's end. */
  readonly firstVerdictBytes: number | undefined;
  /** How long messages of each kind took, from their arrival until the reply was decided, including waits of Weir itself. */
  readonly stageMs: Readonly<Record<Stage, number>>;
  /** Bytes that passed uninspected, by cause. */
  readonly uninspected: ReadonlyMap<string, number>;
  readonly problems: readonly { readonly cause: string; readonly message: string }[];
  /** Whether and how rules and directives request its logging. */
  readonly audit: AuditWishes;
}
