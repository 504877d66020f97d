// The engine in this process as a test target: request bytes → inspection → the service's response → inspection. Runs each
// request once for each way of cutting bodies, and reports differences. Knows no network.

import { toByteString } from '../base/bytes.ts';
import type { Limits } from '../base/limits.ts';
import { runInTurns } from '../base/turn.ts';
import { defaultFailurePolicy, type FailurePolicy } from '../decision/failure-mode.ts';
import type { Verdict } from '../decision/verdict.ts';
import type { ObservedMatch } from '../evaluate/observed-match.ts';
import { PersistentCollections } from '../evaluate/persistent-collections.ts';
import type { Plan } from '../plan/plan.ts';
import { Inspection, type InspectionSummary } from '../transaction/inspection.ts';
import { type ParsedRequest, parseRequest } from './http-parser.ts';
import { logLineOf } from './log-line.ts';
import type { MatchedField, StageOutcome } from './outcome.ts';
import type { Target } from './runner.ts';
import { answerOf, type UpstreamAnswer } from './upstream.ts';

/** How bodies are cut: not at all, or into pieces of this many bytes. */
export type Chunking = 'whole' | number;

/** The conditions that rules run under. */
export interface InspectionConditions {
  readonly limits: Limits;
  /** Default: the table of failures. */
  readonly failurePolicy?: FailurePolicy;
}

/**
 * One way of cutting bodies for all requests. It has its own persistent collections, so that a request counts once, however it is
 * cut.
 */
interface Way {
  readonly plan: Plan;
  readonly conditions: InspectionConditions;
  readonly chunking: Chunking;
  readonly collections: PersistentCollections;
}

/** How bodies are passed to an inspection. */
interface Cutting {
  readonly chunking: Chunking;
  readonly inlineScanBytesMax: number;
}

/** The result of one run. */
interface Run {
  readonly verdict: Verdict;
  /** Undefined if a rule blocked before the service was called. */
  readonly answer: UpstreamAnswer | undefined;
  readonly summary: InspectionSummary;
  /** The fields in which reported rules matched. */
  readonly matched: readonly MatchedField[];
}

/** Bytes kept of a matched value. */
const excerptBytesMax = 200;
const matchedFieldsMax = 1_000;

/**
 * A target that feeds `plan`, one request after the other. With several chunkings the first one's outcome is reported; another
 * one with a different status, other rules or another log is a fault.
 */
export function engineTarget(
  plan: Plan,
  conditions: InspectionConditions,
  chunkings: readonly Chunking[] = ['whole'],
): Target {
  const wayOf = (chunking: Chunking): Way => ({
    plan,
    conditions,
    chunking,
    collections: new PersistentCollections(conditions.limits),
  });
  const [first = 'whole', ...others] = chunkings;
  const ways = [wayOf(first), ...others.map(wayOf)] as const;
  return async (requests) => {
    const outcomes: StageOutcome[] = [];
    for (const request of requests) outcomes.push(await outcomeOfRequest(request, ways));
    return outcomes;
  };
}

async function outcomeOfRequest(bytes: Uint8Array, ways: readonly [Way, ...Way[]]): Promise<StageOutcome> {
  const request = parseRequest(bytes);
  if (request.kind === 'refused') return refusedOutcome(request);
  const [first, ...others] = ways;
  const outcome = outcomeOf(await inspect(first, request), request);
  const faults: string[] = [];
  const hasMemory = first.collections.count > 0;
  for (const way of isCuttable(request) || hasMemory ? others : []) {
    faults.push(...differences(outcome, outcomeOf(await inspect(way, request), request), way.chunking));
  }
  return { ...outcome, faults };
}

function refusedOutcome({ status, reason }: { readonly status: number; readonly reason: string }): StageOutcome {
  return {
    status,
    answer: `HTTP/1.1 ${status}\r\n\r\n`,
    ruleIds: [],
    logLines: [],
    matched: [],
    faults: [],
    refusal: reason,
    isClosedUnanswered: false,
  };
}

/** Without a body in either direction all chunkings are the same. */
function isCuttable(request: ParsedRequest): boolean {
  return request.body.length > 0 || answerOf(request).body.length > 0;
}

async function inspect({ plan, conditions, chunking, collections }: Way, request: ParsedRequest): Promise<Run> {
  const matched: MatchedField[] = [];
  const observer = {
    onField: () => undefined,
    onFact: () => undefined,
    onMatch: (match: ObservedMatch) => noteMatch(match, matched),
  };
  const { limits, failurePolicy = defaultFailurePolicy } = conditions;
  const options = { requestId: 'weir-test', limits, failurePolicy, collections, observer };
  const inspection = new Inspection(plan, options);
  const cutting = { chunking, inlineScanBytesMax: limits.inlineScanBytesMax };
  let ended = false;
  const end = (): InspectionSummary => {
    ended = true;
    return inspection.close();
  };
  try {
    const onRequest = await giveRequest(inspection, request, cutting);
    if (onRequest.kind === 'block') return { verdict: onRequest, answer: undefined, summary: end(), matched };
    const answer = answerOf(request);
    const onResponse = await giveResponse(inspection, { request, answer, cutting });
    const blocks = onResponse.kind === 'block';
    return { verdict: onResponse, answer: blocks ? undefined : answer, summary: end(), matched };
  } finally {
    if (!ended) inspection.close();
  }
}

/** The values of the first link: a test of the rule is about those. */
function noteMatch({ rule, links, report, missed }: ObservedMatch, matched: MatchedField[]): void {
  if (report === undefined || missed !== undefined) return;
  for (const match of links[0]?.matches ?? []) {
    if (matched.length >= matchedFieldsMax) return;
    const excerpt = toByteString(match.bytes, 0, Math.min(match.bytes.length, excerptBytesMax));
    matched.push({ ruleId: rule.id, variable: match.name, excerpt });
  }
}

async function giveRequest(
  inspection: Inspection,
  request: ParsedRequest,
  { chunking, inlineScanBytesMax }: Cutting,
): Promise<Verdict> {
  const { method, target, protocol, headers, body, trailers } = request;
  const head = { method, target, protocol, headers, remoteAddress: '127.0.0.1', remotePort: 49_152 };
  const hasBody = body.length > 0 || trailers.length > 0;
  const side = inspection.side('request');
  let verdict = side.head(head, !hasBody);
  if (!hasBody) return verdict;
  for (const chunk of cut(body, chunking)) {
    if (verdict.kind === 'block') return verdict;
    const isLong = chunk.length > inlineScanBytesMax;
    verdict = isLong ? await runInTurns(side.chunkInSteps(chunk)) : side.chunk(chunk);
  }
  return verdict.kind === 'block' ? verdict : side.end(trailers);
}

async function giveResponse(
  inspection: Inspection,
  exchange: { readonly request: ParsedRequest; readonly answer: UpstreamAnswer; readonly cutting: Cutting },
): Promise<Verdict> {
  const { request, answer, cutting } = exchange;
  const { chunking, inlineScanBytesMax } = cutting;
  const hasBody = answer.body.length > 0 && request.method !== 'HEAD';
  const head = { status: answer.status, protocol: 'HTTP/1.1', headers: answer.headers };
  const side = inspection.side('response');
  let verdict = side.head(head, !hasBody);
  if (!hasBody) return verdict;
  for (const chunk of cut(answer.body, chunking)) {
    if (verdict.kind === 'block') return verdict;
    const isLong = chunk.length > inlineScanBytesMax;
    verdict = isLong ? await runInTurns(side.chunkInSteps(chunk)) : side.chunk(chunk);
  }
  return verdict.kind === 'block' ? verdict : side.end();
}

function* cut(body: Uint8Array, chunking: Chunking): Generator<Uint8Array, void, undefined> {
  const step = chunking === 'whole' ? body.length : chunking;
  for (let from = 0; from < body.length; from += step) yield body.subarray(from, from + step);
}

function outcomeOf({ verdict, answer, summary, matched }: Run, request: ParsedRequest): StageOutcome {
  const logged = summary.matches.filter(({ isLogged }) => isLogged);
  const status = verdict.kind === 'block' ? verdict.status : answer?.status;
  // The response to an HTTP/0.9 request has no head, so a client that expects one cannot read it.
  const isReadable = request.protocol !== 'HTTP/0.9';
  return {
    status: isReadable ? status : undefined,
    answer: `HTTP/1.1 ${status}\r\n${answer === undefined ? blockHead(verdict) : textOf(answer)}`,
    ruleIds: [...new Set(logged.map(({ ruleId }) => ruleId))],
    logLines: logged.map(logLineOf),
    matched,
    faults: [],
    refusal: undefined,
    isClosedUnanswered: false,
  };
}

/** Everything after the status line of a block. */
function blockHead(verdict: Verdict): string {
  const location = verdict.kind === 'block' ? verdict.location : undefined;
  return location === undefined ? '\r\n' : `location: ${location}\r\n\r\n`;
}

function textOf({ headers, body }: UpstreamAnswer): string {
  return `${headers.map(({ name, value }) => `${name}: ${value}\r\n`).join('')}\r\n${toByteString(body)}`;
}

function differences(first: StageOutcome, other: StageOutcome, chunking: Chunking): readonly string[] {
  const cutBy = chunking === 'whole' ? 'whole bodies' : `bodies cut into pieces of ${chunking} bytes`;
  const [ids, otherIds] = [first.ruleIds, other.ruleIds].map((list) => [...list].sort((a, b) => a - b).join(', '));
  if (ids !== otherIds) return [`${cutBy} give rules ${otherIds || 'none'}, not ${ids || 'none'}`];
  if (first.status !== other.status) return [`${cutBy} give status ${other.status}, not ${first.status}`];
  const missing = first.logLines.find((line) => !other.logLines.includes(line));
  const added = other.logLines.find((line) => !first.logLines.includes(line));
  if (added !== undefined) return [`${cutBy} give the log line ${added}`];
  return missing === undefined ? [] : [`${cutBy} do not give the log line ${missing}`];
}
