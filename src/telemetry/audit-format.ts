// The audit log in foreign formats, derived from our own entry, so everything redacted there is redacted here. Knows no exchange.

import { isIP } from 'node:net';
import { packageVersion } from '../base/version.ts';
import type { AuditEntry, OwnEntry } from './audit-log.ts';

/** `own`: docs/audit-log.md. `modsecurity`: JSON of ModSecurity 3. `ecs`: Elastic Common Schema 8. `ocsf`: Detection Finding, OCSF 1.5. */
export const auditFormats = ['own', 'modsecurity', 'ecs', 'ocsf'] as const;

/** Name of a format. */
export type AuditFormat = (typeof auditFormats)[number];

type OwnMatch = OwnEntry['matches'][number];

/** Severities of rules as numbers (ModSecurity reference manual, severity). */
const severities = ['EMERGENCY', 'ALERT', 'CRITICAL', 'ERROR', 'WARNING', 'NOTICE', 'INFO', 'DEBUG'];

const severityOf = ({ severity = '' }: OwnMatch): number => severities.indexOf(severity.toUpperCase());

/** The entry in a format; `own` is unchanged. */
export function inFormat(entry: OwnEntry, format: AuditFormat): AuditEntry {
  switch (format) {
    case 'own':
      return entry;
    case 'modsecurity':
      return asModSecurity(entry);
    case 'ecs':
      return asEcs(entry);
    case 'ocsf':
      return asOcsf(entry);
  }
}

const httpVersion = ({ protocol = '' }: OwnEntry): string => /^HTTP\/([\d.]+)$/.exec(protocol)?.[1] ?? '';

/** `FILE:LINE` of a rule. */
function placeOf({ rule }: OwnMatch): { readonly file: string; readonly line: string } {
  const colon = rule.lastIndexOf(':');
  return { file: rule.slice(0, colon), line: rule.slice(colon + 1) };
}

/** ModSecurity 3's format with `SecAuditLogFormat JSON`: one `transaction`, rule numbers as texts. */
function asModSecurity(entry: OwnEntry): AuditEntry {
  const { client = '', clientPort = 0, host = '', method = '', target = '', requestId, startedAt, status } = entry;
  return {
    transaction: {
      client_ip: client,
      time_stamp: new Date(startedAt).toUTCString(),
      server_id: entry.profile,
      client_port: clientPort,
      host_ip: '',
      host_port: 0,
      unique_id: requestId,
      request: { method, http_version: Number(httpVersion(entry)), uri: target, headers: { Host: host } },
      response: { http_code: status, headers: {} },
      producer: {
        modsecurity: `Weir ${packageVersion()}`,
        connector: 'Envoy ext_proc',
        secrules_engine: entry.verdict === 'detect' ? 'DetectionOnly' : 'Enabled',
        components: entry.packs?.map(({ name, version }) => `${name}/${version}`) ?? [],
      },
      messages: entry.matches.map((match) => {
        const { file, line } = placeOf(match);
        const severity = severityOf(match);
        return {
          message: match.message,
          details: {
            match: `Matched at ${match.variable}.`,
            reference: '',
            ruleId: String(match.ruleId),
            file,
            lineNumber: line,
            data: match.data,
            severity: severity < 0 ? '' : String(severity),
            ver: '',
            rev: '',
            tags: match.tags,
            maturity: '0',
            accuracy: '0',
          },
        };
      }),
    },
  };
}

/** The match that represents the exchange: that of the deciding rule, else the first. */
const leading = ({ matches, ruleId }: OwnEntry): OwnMatch | undefined =>
  matches.find((match) => match.ruleId === ruleId) ?? matches[0];

const pathOf = (target: string): string => target.replace(/\?.*$/s, '');

/** Elastic Common Schema; everything without a field there is under `weir`. */
function asEcs(entry: OwnEntry): AuditEntry {
  const { client, clientPort, host, method, target, requestId, startedAt, status, verdict, traceparent } = entry;
  const match = leading(entry);
  const type = { block: 'denied', detect: 'info', allow: 'allowed' }[verdict];
  return {
    '@timestamp': startedAt,
    'ecs.version': '8.11.0',
    message: match?.message ?? `exchange: ${verdict}`,
    event: {
      kind: entry.matches.length > 0 ? 'alert' : 'event',
      category: ['web', 'intrusion_detection'],
      type: [type],
      action: verdict,
      outcome: verdict === 'block' ? 'failure' : 'success',
      id: requestId,
      module: 'weir',
      dataset: 'weir.audit',
      start: startedAt,
      duration: Math.round(entry.durationMs * 1e6),
    },
    observer: { vendor: 'Weir', product: 'Weir', type: 'waf', version: packageVersion() },
    ...(match === undefined
      ? {}
      : {
          rule: { id: String(match.ruleId), name: match.message, category: match.tags[0] ?? '', reference: match.rule },
        }),
    http: {
      ...(httpVersion(entry) === '' ? {} : { version: httpVersion(entry) }),
      request: { id: requestId, body: { bytes: entry.requestBytes }, ...(method === undefined ? {} : { method }) },
      response: { status_code: status, body: { bytes: entry.responseBytes } },
    },
    ...(target === undefined ? {} : { url: { original: target, path: pathOf(target), domain: host ?? '' } }),
    // A value that is not an address, as for a Unix socket, does not fit the type of `source.ip`.
    ...(client === undefined
      ? {}
      : { source: { address: client, port: clientPort, ...(isIP(client) === 0 ? {} : { ip: client }) } }),
    ...(traceparent === undefined ? {} : { trace: { id: traceparent.slice(3, 35) } }),
    weir: entry,
  };
}

const ocsfSeverities: readonly (readonly [from: number, id: number])[] = [
  [0, 6],
  [1, 5],
  [3, 4],
  [4, 3],
  [5, 2],
  [6, 1],
];

/** OCSF's severity: 6 fatal, 5 critical, 4 high, 3 medium, 2 low, 1 informational, 0 unknown. */
function ocsfSeverity(match: OwnMatch | undefined): number {
  const severity = match === undefined ? -1 : severityOf(match);
  return ocsfSeverities.findLast(([from]) => severity >= from)?.[1] ?? 0;
}

/** OCSF's class Detection Finding (2004), a finding that was created (activity 1). Everything else is under `unmapped`. */
function asOcsf(entry: OwnEntry): AuditEntry {
  const { client, clientPort, host, method, target, requestId, startedAt, status, verdict } = entry;
  const match = leading(entry);
  const time = Date.parse(startedAt);
  return {
    class_uid: 2004,
    category_uid: 2,
    activity_id: 1,
    type_uid: 200401,
    time,
    severity_id: ocsfSeverity(match),
    status_id: 1,
    action_id: verdict === 'block' ? 2 : 1,
    disposition_id: { block: 2, detect: 17, allow: 1 }[verdict],
    is_alert: entry.matches.length > 0,
    message: match?.message ?? `exchange: ${verdict}`,
    metadata: {
      version: '1.5.0',
      uid: requestId,
      profiles: ['security_control'],
      product: { name: 'Weir', vendor_name: 'Weir', version: packageVersion() },
    },
    finding_info: {
      uid: requestId,
      title: match?.message || `exchange: ${verdict}`,
      created_time: time,
      types: match?.tags ?? [],
      ...(match === undefined ? {} : { analytic: { type_id: 1, uid: String(match.ruleId), name: match.message } }),
    },
    evidences: [
      {
        ...(client === undefined ? {} : { src_endpoint: { ip: client, port: clientPort } }),
        data: { method, target, host, status },
      },
    ],
    unmapped: entry,
  };
}
