// The record of an exchange → one line of the audit log. Only exchanges that were blocked, detected or not completely inspected
// get a line. Knows records, not how they are produced.

import { constants } from '../base/constants.ts';
import { isInShare } from '../base/share.ts';
import type { RuleMatch } from '../decision/verdict.ts';
import { firstValue } from '../http/headers.ts';
import type { PlanPack } from '../plan/plan.ts';
import type { TransactionRecord } from '../transaction/record.ts';
import type { ExchangeSink } from '../transaction/record-sinks.ts';
import { printable, type Redaction, redactLogData, redactMessage, redactTarget, redactText } from './redact.ts';

/** A line as an object of plain values. All strings are printable ASCII. */
export type AuditEntry = Readonly<Record<string, unknown>>;

/** Options of the audit log. */
export interface AuditOptions {
  /** The redaction for exchanges of a profile. */
  readonly redactionOf: (profile: string) => Redaction;
  /** The packs of a profile's rules, if still known. */
  readonly packsOf?: (profile: string, generation: number) => readonly RecordedPack[];
  /** Percentage of exchanges with nothing notable that get a line too, 0 to 100. */
  readonly benignPercent?: number;
  /** Writes one entry as one line. */
  readonly write: (entry: OwnEntry) => void;
}

/** Version of the line format: increased when a field changes its meaning or is removed, not when fields are added. */
const auditLogVersion = 1;

/** Causes that by themselves do not produce a log line: requested by a rule or the proxy's configuration, or caused by other
 * traffic. */
const asConfigured: ReadonlySet<string> = new Set([
  'collection-evicted',
  'engine-off',
  'request-body-access-off',
  'request-body-mode-none',
  'response-body-access-off',
  'response-body-mode-none',
  'response-media-type',
  'response-without-request',
  'upgraded',
]);

const isListed = (match: RuleMatch): boolean => match.isLogged || match.isAudited;

/** Creates the sink that writes the audit log. */
export function createAuditLog(options: AuditOptions): ExchangeSink {
  const { redactionOf, packsOf = () => [], benignPercent = 0, write } = options;
  return {
    name: 'the audit log',
    onRecord: (record) => {
      const { profile, generation, report, audit } = record;
      const isWanted = audit.engine !== 'Off' && benignPercent > 0 && isInShare(report.requestId, benignPercent);
      if (!isWanted && !isNotable(record)) return;
      write(auditEntryOf(record, redactionOf(profile), packsOf(profile, generation)));
    },
  };
}

/** Whether this exchange may need an explanation later. */
export function isNotable(record: TransactionRecord): boolean {
  const { engine, relevantStatuses } = record.audit;
  if (engine !== 'RelevantOnly') return engine === 'On';
  if (record.matches.some(({ isAudited }) => isAudited) || record.problems.length > 0) return true;
  if (record.ending === 'failed' || hasVerdictOfPolicy(record)) return true;
  if ([...record.uninspected.keys()].some((cause) => !asConfigured.has(cause))) return true;
  return relevantStatuses?.has(statusOf(record)) === true;
}

/** A verdict that no rule gave, so no rule can say that it need not be logged. */
function hasVerdictOfPolicy({ report }: TransactionRecord): boolean {
  return report.verdict !== 'allow' && report.ruleId === 0;
}

function statusOf({ blockStatus, response }: TransactionRecord): number {
  return blockStatus === 0 ? (response?.status ?? 0) : blockStatus;
}

const microseconds = (ms: number): number => Math.round(ms * 1000) / 1000;

/** Times of the messages that there were. */
function stageTimes({ stageMs }: TransactionRecord): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(stageMs).flatMap(([stage, ms]) => (ms > 0 ? [[stage, microseconds(ms)]] : [])),
  );
}

/**
 * The trace of the exchange, if the request's header is valid (W3C Trace Context, 3.2.2); otherwise it is arbitrary text from the
 * client.
 */
function traceOf({ request }: TransactionRecord): { readonly traceparent?: string } {
  const given = request === undefined ? undefined : firstValue(request.headers, 'traceparent');
  return given !== undefined && /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(given)
    ? { traceparent: given }
    : {};
}

/** The route, the upstream and the verified identity as reported by the proxy; absent if it does not report them. */
function routeOf({ parties }: TransactionRecord): Readonly<Record<string, string>> {
  const { route, virtualHost, cluster, upstream, peer } = parties;
  const identity = peer.isVerified ? peer.identity : '';
  return Object.fromEntries(
    Object.entries({ route, virtualHost, cluster, upstream, identity }).flatMap(([name, value]) =>
      value === '' ? [] : [[name, printable(value)]],
    ),
  );
}

type RecordedPack = Pick<PlanPack, 'name' | 'version' | 'digest'>;

const shownPack = ({ name, version, digest }: RecordedPack) => ({
  name,
  version,
  ...(digest === undefined ? {} : { digest }),
});

/** Where in its variable a rule found the match; nothing for an operator without a position. */
function placeIn({ place, variable }: RuleMatch, redaction: Redaction) {
  if (place === undefined) return {};
  const { offset, transformations, excerpt } = place;
  return {
    offset,
    ...(transformations === undefined ? {} : { transformations }),
    ...(excerpt === undefined ? {} : { excerpt: redactLogData(excerpt, variable, redaction) }),
  };
}

/** An entry in our own format. */
export type OwnEntry = ReturnType<typeof auditEntryOf>;

/** The entry of one exchange. */
export function auditEntryOf(record: TransactionRecord, redaction: Redaction, packs: readonly RecordedPack[] = []) {
  const { report, request } = record;
  const { parts } = record.audit;
  const listed = parts.includes('H') || parts.includes('K') ? record.matches.filter(isListed) : [];
  return {
    event: 'exchange',
    version: auditLogVersion,
    requestId: printable(report.requestId),
    verdict: report.verdict,
    ending: record.ending,
    status: statusOf(record),
    ruleId: report.ruleId,
    phase: report.phase,
    ...(report.cause === '' ? {} : { cause: report.cause }),
    score: report.inboundScore,
    responseScore: report.outboundScore,
    startedAt: record.startedAt.toISOString(),
    durationMs: microseconds(record.durationMs),
    stageMs: stageTimes(record),
    profile: printable(record.profile),
    generation: record.generation,
    ...(packs.length === 0 ? {} : { packs: packs.map(shownPack) }),
    ...traceOf(record),
    ...routeOf(record),
    ...(request === undefined ? {} : { client: printable(request.remoteAddress), clientPort: request.remotePort }),
    ...(request === undefined || !parts.includes('B')
      ? {}
      : {
          method: redactText(request.method),
          target: redactTarget(request.target, redaction),
          host: redactText(firstValue(request.headers, 'host') ?? ''),
          protocol: redactText(request.protocol),
        }),
    requestBytes: record.requestBytes,
    responseBytes: record.responseBytes,
    coverage: record.uninspected.size === 0 ? 'whole' : 'part',
    ...(record.firstVerdictBytes === undefined ? {} : { firstVerdictBytes: record.firstVerdictBytes }),
    matches: listed.slice(0, constants.loggedMatchesMax).map((match) => ({
      ruleId: match.ruleId,
      phase: match.phase,
      message: redactMessage(match.message, match.messageValues, redaction),
      data: redactLogData(match.logData, match.variable, redaction),
      variable: redactText(match.variable),
      ...placeIn(match, redaction),
      ...(match.severity === undefined ? {} : { severity: match.severity }),
      tags: match.tags.map(printable),
      rule: printable(`${match.file}:${match.line}`),
    })),
    ...(listed.length > constants.loggedMatchesMax
      ? { matchesOmitted: listed.length - constants.loggedMatchesMax }
      : {}),
    ...(record.uninspected.size > 0 ? { uninspected: Object.fromEntries(record.uninspected) } : {}),
    ...(record.problems.length > 0
      ? { problems: record.problems.map(({ cause, message }) => ({ cause, message: redactText(message) })) }
      : {}),
  };
}
