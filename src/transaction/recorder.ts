// What a transaction notes on its way, until the record is made of it. Knows events; decides nothing.

import { monotonicMs, wallClock } from '../base/clock.ts';
import type { WafError } from '../base/errors.ts';
import { defaultAuditWishes } from '../evaluate/audit-wishes.ts';
import { type Attributes, noAttributes } from '../http/attributes.ts';
import type { RequestHead, ResponseHead } from '../http/head.ts';
import type { ExchangeEvent } from './event.ts';
import type { InspectionSummary } from './inspection.ts';
import { partiesOf } from './parties.ts';
import type { Ending, Stage, TransactionRecord } from './record.ts';
import type { Report } from './report.ts';

/** The summary of an inspection that never began. */
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

/** The stage that an event belongs to. A deadline belongs to the body of its direction, the half-close to the response. */
function stageOf(event: ExchangeEvent): Stage {
  switch (event.kind) {
    case 'request-head':
    case 'response-head':
      return event.kind;
    case 'half-close':
      return 'response-body';
    default:
      return event.direction === 'request' ? 'request-body' : 'response-body';
  }
}

/** Gathers what a transaction notes on its way, until the record is made of it. */
export class Recorder {
  blockStatus = 0;
  readonly #startedAt: Date = wallClock();
  readonly #startedMs: number = monotonicMs();
  readonly #uninspected = new Map<string, number>();
  readonly #problems: { readonly cause: string; readonly message: string }[] = [];
  readonly #stageMs: Record<Stage, number> = {
    'request-head': 0,
    'request-body': 0,
    'response-head': 0,
    'response-body': 0,
  };
  #attributes: Attributes = noAttributes;
  #eventMs = 0;

  /** @param noted what was wrong before the first event. */
  constructor(noted?: WafError) {
    if (noted !== undefined) this.problem(noted.code, noted.message);
  }

  /** An event has arrived: its attributes are kept, and time counts for its stage until `end`. One at a time. */
  begin(event: ExchangeEvent): Stage {
    this.#eventMs = monotonicMs();
    if ('attributes' in event && event.attributes !== undefined && event.attributes !== noAttributes) {
      this.#attributes = { ...this.#attributes, ...event.attributes };
    }
    return stageOf(event);
  }

  /** The last event has been handled. */
  end(stage: Stage): void {
    this.#stageMs[stage] += monotonicMs() - this.#eventMs;
  }

  /** Notes that `bytes` body bytes (0 when the number is unknown) passed uninspected. */
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
    readonly response?: ResponseHead | undefined;
    readonly profile?: string;
    readonly generation?: number;
    readonly summary: InspectionSummary;
  }): TransactionRecord {
    const { summary, request, response } = end;
    const uninspected = new Map(summary.uninspected);
    // Frames of a WebSocket were inspected as raw bytes: client frames are masked, so that shows nothing.
    if (response?.status === 101) uninspected.set('upgraded', summary.requestBytes);
    for (const [cause, bytes] of this.#uninspected) uninspected.set(cause, (uninspected.get(cause) ?? 0) + bytes);
    return {
      report: end.report,
      ending: end.ending,
      startedAt: this.#startedAt,
      durationMs: monotonicMs() - this.#startedMs,
      request,
      response,
      parties: partiesOf(request, this.#attributes),
      attributes: this.#attributes,
      profile: end.profile ?? '',
      generation: end.generation ?? 0,
      blockStatus: this.blockStatus,
      matches: summary.matches,
      requestBytes: summary.requestBytes,
      responseBytes: summary.responseBytes,
      firstVerdictBytes: summary.firstVerdictBytes,
      stageMs: { ...this.#stageMs },
      uninspected,
      problems: [...summary.problems, ...this.#problems],
      audit: summary.audit,
    };
  }
}
