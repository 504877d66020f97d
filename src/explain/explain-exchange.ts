// Runs one exchange through the rules and records what an observer sees: fields, facts, matches. Knows no command line and no
// output format.

import type { Limits } from '../base/limits.ts';
import { runInTurns } from '../base/turn.ts';
import type { FailurePolicy } from '../decision/failure-mode.ts';
import type { Verdict } from '../decision/verdict.ts';
import type { HeaderList } from '../http/headers.ts';
import type { FieldRecord, ValueView } from '../inspect/field-record.ts';
import { fieldKinds } from '../plan/field-kind.ts';
import type { Plan } from '../plan/plan.ts';
import { Inspection } from '../transaction/inspection.ts';
import type { InspectionObserver } from '../transaction/observer.ts';
import { excerptOf } from './excerpt.ts';
import { explainMatch, explainPart } from './explain-match.ts';
import { RuleNotes } from './explain-rule.ts';
import type { ExplainedField, ExplainedMatch, ExplainedPart, Explanation } from './explanation.ts';

/** Fields that an explanation lists. */
const fieldsMax = 2_000;
/** Matches that an explanation lists: more than CRS has rules. */
const matchesMax = 2_000;

/** A message without its framing. */
interface Message {
  readonly protocol: string;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
  readonly trailers: HeaderList;
}

/** A request, and optionally the service's response. */
export interface Exchange {
  /** Address of the client; 127.0.0.1 by default. */
  readonly client?: string | undefined;
  readonly request: Message & { readonly method: string; readonly target: string };
  readonly response?: (Message & { readonly status: number }) | undefined;
}

/** What was recorded so far. */
class Notes implements InspectionObserver {
  readonly #fields: (ExplainedField & { readonly order: number })[] = [];
  readonly facts = new Map<string, string>();
  readonly matches: ExplainedMatch[] = [];
  /** By rule; if it was evaluated several times, the last result. */
  readonly parts = new Map<number, ExplainedPart>();
  moreFields = 0;
  readonly #plan: Plan;
  readonly rule: RuleNotes | undefined;

  constructor(plan: Plan, ruleId: number | undefined) {
    this.#plan = plan;
    this.rule = ruleId === undefined ? undefined : new RuleNotes(plan, ruleId);
  }

  get watch(): InspectionObserver['watch'] {
    return this.rule;
  }

  /** In the order in which they began; they can end in another order. */
  get fields(): readonly ExplainedField[] {
    return this.#fields.toSorted((a, b) => a.order - b.order).map(({ order: _, ...field }) => field);
  }

  readonly onField = (record: FieldRecord, view: ValueView): void => {
    const { kind, name, length, order, isReading } = record;
    this.rule?.onField(record, view);
    if (this.#fields.length >= fieldsMax) this.moreFields += 1;
    else {
      const value = excerptOf({ bytes: view(), length });
      this.#fields.push({ order, kind: fieldKinds[kind] as string, name, value, ...(isReading && { isReading }) });
    }
  };

  readonly onFact: InspectionObserver['onFact'] = (name, value) => {
    this.facts.set(name, value);
  };

  readonly onMatch: InspectionObserver['onMatch'] = (match, scores) => {
    const { missed, rule } = match;
    if (missed !== undefined) {
      if (this.parts.size < matchesMax) this.parts.set(rule.id, explainPart({ ...match, missed }, this.#plan));
      return;
    }
    this.parts.delete(rule.id);
    if (this.matches.length < matchesMax) this.matches.push(explainMatch(match, scores, this.#plan));
  };
}

/** Settings of the inspection, as for a server. */
export interface ExplainOptions {
  readonly limits: Limits;
  readonly failurePolicy?: FailurePolicy;
  /** A rule to report on even if it does not match. */
  readonly ruleId?: number | undefined;
}

/** Inspects the exchange as a server would, and reports what happened. */
export async function explainExchange(
  plan: Plan,
  { request, response, client }: Exchange,
  { ruleId, ...options }: ExplainOptions,
): Promise<Explanation> {
  const notes = new Notes(plan, ruleId);
  const inspection = new Inspection(plan, { requestId: 'weir-explain', ...options, observer: notes });
  try {
    const onRequest = await giveRequest(inspection, request, client ?? '127.0.0.1');
    const isAnswered = response !== undefined && onRequest.kind !== 'block';
    if (isAnswered) await giveResponse(inspection, request.method, response);
    const summary = inspection.close();
    return {
      // If a decoder reads a body, rules see its fields instead of the body.
      fields: notes.fields.filter(({ kind }) => kind !== 'REQUEST_BODY' || inspection.hasRequestBody),
      moreFields: notes.moreFields,
      facts: Object.fromEntries(notes.facts),
      matches: notes.matches,
      parts: [...notes.parts.values()],
      ...(notes.rule === undefined ? {} : { rule: notes.rule.explained }),
      verdict: summary.verdict,
      inboundScore: summary.inboundScore,
      outboundScore: summary.outboundScore,
      request: { bytes: request.body.length, inspectedBytes: summary.requestBytes },
      response: isAnswered ? { bytes: response.body.length, inspectedBytes: summary.responseBytes } : undefined,
      uninspected: Object.fromEntries(summary.uninspected),
      problems: summary.problems.map(({ cause, message }) => ({ cause, message })),
    };
  } finally {
    inspection.close();
  }
}

async function giveRequest(
  inspection: Inspection,
  request: Exchange['request'],
  remoteAddress: string,
): Promise<Verdict> {
  const { method, target, protocol, headers, body, trailers } = request;
  const hasBody = body.length > 0 || trailers.length > 0;
  const head = { method, target, protocol, headers, remoteAddress, remotePort: 49_152 };
  const side = inspection.side('request');
  const verdict = side.head(head, !hasBody);
  if (!hasBody || verdict.kind === 'block') return verdict;
  await runInTurns(side.chunkInSteps(body));
  return side.end(trailers);
}

async function giveResponse(
  inspection: Inspection,
  method: string,
  response: NonNullable<Exchange['response']>,
): Promise<void> {
  const { status, protocol, headers, body, trailers } = response;
  const hasBody = method !== 'HEAD' && (body.length > 0 || trailers.length > 0);
  const side = inspection.side('response');
  const verdict = side.head({ status, protocol, headers }, !hasBody);
  if (!hasBody || verdict.kind === 'block') return;
  await runInTurns(side.chunkInSteps(body));
  side.end(trailers);
}
