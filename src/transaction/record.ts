// What is known about an exchange: in short for the proxy's access log, in full at its end. Plain values; who reads them
// is not known here.

import { monotonicMs, wallClock } from '../base/deadline.ts';
import type { RuleMatch, Verdict } from '../decision/verdict.ts';
import { type AuditWishes, defaultAuditWishes } from '../evaluate/audit-wishes.ts';
import type { InspectionSummary, RequestHead } from './inspection.ts';

/** The short form, which travels with an answer. */
export interface Report {
  readonly requestId: string;
  readonly verdict: Verdict['kind'];
  /** The rule that decided; 0 when none did. */
  readonly ruleId: number;
  /** Phase of the verdict, 1 to 5; 0 when there is none. */
  readonly phase: number;
  /** Why a failure policy decided; '' when rules did. */
  readonly cause: string;
  readonly inboundScore: number;
  readonly outboundScore: number;
  /** Rules that matched and log, each once, in order of matching. */
  readonly ruleIds: readonly number[];
}

/**
 * How an exchange ended. `complete`: the proxy was done. `blocked`: we answered in its place. `cut`: as `blocked`, after
 * the response's head was out. `cancelled`: the proxy gave it up. `failed`: the stream was ended with an error.
 */
export type Ending = 'complete' | 'blocked' | 'cut' | 'cancelled' | 'failed';

/** The full form. Strings that came from outside are byte strings, unredacted. */
export interface TransactionRecord {
  readonly report: Report;
  readonly ending: Ending;
  readonly startedAt: Date;
  readonly durationMs: number;
  /** Absent when a response came without a request. */
  readonly request: RequestHead | undefined;
  /** The service's status; 0 when none came. */
  readonly responseStatus: number;
  /** The status that we answered; 0 when we did not. */
  readonly blockStatus: number;
  readonly matches: readonly RuleMatch[];
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** Body offset at which the verdict fell; absent when it needed no body or the body's end. */
  readonly firstVerdictBytes: number | undefined;
  /** Bytes that passed uninspected, by cause. */
  readonly uninspected: ReadonlyMap<string, number>;
  readonly problems: readonly { readonly cause: string; readonly message: string }[];
  /** Whether and how rules and directives want it logged. */
  readonly audit: AuditWishes;
}

/** Receives each record once. Must not throw. */
export type RecordSink = (record: TransactionRecord) => void;

/** Rule ids of the matches that log, each once, in order. */
export function loggedRuleIds(matches: readonly RuleMatch[]): readonly number[] {
  return [...new Set(matches.filter(({ isLogged }) => isLogged).map(({ ruleId }) => ruleId))];
}

/** The short form of a verdict with what was found so far. */
export function reportOf(
  requestId: string,
  verdict: Verdict,
  found: Pick<InspectionSummary, 'matches' | 'inboundScore' | 'outboundScore'>,
): Report {
  const decided = verdict.kind === 'allow' ? { ruleId: 0, phase: 0 } : verdict;
  return {
    requestId,
    verdict: verdict.kind,
    ruleId: decided.ruleId,
    phase: decided.phase,
    cause: verdict.kind === 'allow' ? '' : (verdict.cause ?? ''),
    inboundScore: found.inboundScore,
    outboundScore: found.outboundScore,
    ruleIds: found.matches.length === 0 ? [] : loggedRuleIds(found.matches),
  };
}

/** What the summary of an inspection that never began would say. */
export const nothingInspected: InspectionSummary = {
  verdict: { kind: 'allow' },
  matches: [],
  inboundScore: 0,
  outboundScore: 0,
  requestBytes: 0,
  responseBytes: 0,
  uninspected: new Map(),
  problems: [],
  audit: defaultAuditWishes,
};

/** Gathers what a transaction notes on its way, until the record is made of it. */
export class Recorder {
  responseStatus = 0;
  blockStatus = 0;
  readonly #startedAt: Date = wallClock();
  readonly #startedMs: number = monotonicMs();
  readonly #uninspected = new Map<string, number>();
  readonly #problems: { readonly cause: string; readonly message: string }[] = [];

  /** Notes that `bytes` body bytes (0 when nobody can say how many) went by uninspected. */
  uninspected(cause: string, bytes: number): void {
    this.#uninspected.set(cause, (this.#uninspected.get(cause) ?? 0) + bytes);
  }

  /** Notes what went wrong. */
  problem(cause: string, message: string): void {
    this.#problems.push({ cause, message });
  }

  /** Makes the record. */
  record(end: {
    readonly report: Report;
    readonly ending: Ending;
    readonly request: RequestHead | undefined;
    readonly summary: InspectionSummary;
  }): TransactionRecord {
    const { summary } = end;
    const uninspected = new Map(summary.uninspected);
    // Frames of a WebSocket were inspected as they came: masked, as all that clients send is, they say nothing.
    if (this.responseStatus === 101) uninspected.set('upgraded', summary.requestBytes);
    for (const [cause, bytes] of this.#uninspected) uninspected.set(cause, (uninspected.get(cause) ?? 0) + bytes);
    return {
      report: end.report,
      ending: end.ending,
      startedAt: this.#startedAt,
      durationMs: monotonicMs() - this.#startedMs,
      request: end.request,
      responseStatus: this.responseStatus,
      blockStatus: this.blockStatus,
      matches: summary.matches,
      requestBytes: summary.requestBytes,
      responseBytes: summary.responseBytes,
      firstVerdictBytes: summary.firstVerdictBytes,
      uninspected,
      problems: [...summary.problems, ...this.#problems],
      audit: summary.audit,
    };
  }
}
