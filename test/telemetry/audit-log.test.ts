import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RuleMatch } from '../../src/decision/verdict.ts';
import { type AuditWishes, defaultAuditWishes } from '../../src/evaluate/audit-wishes.ts';
import { type AuditEntry, auditEntryOf, createAuditLog, isNotable } from '../../src/telemetry/audit-log.ts';
import type { TransactionRecord } from '../../src/transaction/record.ts';
import { recordWith, responseHeadOf } from '../support/record.ts';

const match: RuleMatch = {
  ruleId: 942100,
  phase: 2,
  message: 'SQL injection\nforged line',
  messageValues: [],
  logData: 'Matched Data: secret-value-of-a-user found within ARGS:q',
  severity: 'CRITICAL',
  tags: ['attack-sqli'],
  file: 'rules/a.conf',
  line: 12,
  variable: 'ARGS:q',
  isLogged: true,
  isAudited: true,
};

const record: TransactionRecord = recordWith({
  report: {
    requestId: 'abcdefgh',
    verdict: 'block',
    ruleId: 949110,
    phase: 2,
    cause: '',
    inboundScore: 5,
    outboundScore: 0,
    ruleIds: [942100, 949110],
  },
  ending: 'blocked',
  startedAt: new Date(0),
  durationMs: 1.23456,
  request: {
    method: 'GET',
    target: '/a?q=secret-value-of-a-user',
    protocol: 'HTTP/1.1',
    headers: [{ name: 'host', value: 'x\x1b[0m' }],
    remoteAddress: '192.0.2.1',
    remotePort: 5,
  },
  response: undefined,
  blockStatus: 403,
  matches: [match],
});

const allowed: TransactionRecord = {
  ...record,
  report: { ...record.report, verdict: 'allow', ruleId: 0, phase: 0, ruleIds: [] },
  ending: 'complete',
  matches: [],
  blockStatus: 0,
};

describe('auditEntryOf', () => {
  it('describes what happened, printable and redacted', () => {
    const entry = auditEntryOf(record, 'redacted');
    const line = JSON.stringify(entry);
    expect(line).toMatch(/^[\x20-\x7e]+$/);
    expect(line).not.toMatch(/secret-value/);
    expect([entry.verdict, entry.status, entry.ruleId, entry.durationMs]).toStrictEqual(['block', 403, 949110, 1.235]);
    expect([entry.client, entry.method, entry.startedAt]).toStrictEqual([
      '192.0.2.1',
      'GET',
      '1970-01-01T00:00:00.000Z',
    ]);
    const [first] = entry.matches as readonly Record<string, unknown>[];
    expect([first?.ruleId, first?.rule, first?.message]).toStrictEqual([
      942100,
      'rules/a.conf:12',
      'SQL injection\\x0aforged line',
    ]);
  });

  it('lists 50 matches and counts the others', () => {
    const entry = auditEntryOf({ ...record, matches: Array.from({ length: 70 }, () => match) }, 'full');
    expect((entry.matches as readonly unknown[]).length).toBe(50);
    expect(entry.matchesOmitted).toBe(20);
  });

  it('names what was not inspected', () => {
    const entry = auditEntryOf({ ...record, uninspected: new Map([['limit.body', 7]]) }, 'redacted');
    expect(entry.uninspected).toStrictEqual({ 'limit.body': 7 });
  });
});

describe('what rules and directives set for the log', () => {
  const with_ = (audit: Partial<AuditWishes>, more: Partial<TransactionRecord> = {}): TransactionRecord => ({
    ...record,
    ...more,
    audit: { ...defaultAuditWishes, ...audit },
  });
  const unaudited = { ...match, ruleId: record.report.ruleId, isAudited: false };

  it('decides whether there is a line', () => {
    expect(isNotable(with_({ engine: 'Off' }))).toBe(false);
    expect(isNotable(with_({ engine: 'On' }, allowed))).toBe(true);
    expect(isNotable(with_({}, allowed))).toBe(false);
    expect(isNotable(with_({}, { matches: [unaudited] }))).toBe(false);
    expect(isNotable(with_({}, { matches: [unaudited, { ...match, isLogged: false }] }))).toBe(true);
    expect(isNotable(with_({}, { matches: [], report: { ...record.report, ruleId: 0 } }))).toBe(true);
    const relevantStatuses = new Set([500, 403]);
    expect(isNotable(with_({ relevantStatuses }, { matches: [unaudited] }))).toBe(true);
    expect(isNotable(with_({ relevantStatuses }, { ...allowed, response: responseHeadOf(500) }))).toBe(true);
    expect(isNotable(with_({ relevantStatuses }, { ...allowed, response: responseHeadOf(404) }))).toBe(false);
  });

  it('decides what is in it', () => {
    const fieldsOf = (parts: string): AuditEntry => auditEntryOf(with_({ parts }), 'redacted');
    expect('target' in fieldsOf('ABHZ')).toBe(true);
    const short = fieldsOf('AHZ');
    expect(['target', 'method', 'host'].filter((name) => name in short)).toStrictEqual([]);
    expect(short.client).toBe('192.0.2.1');
    expect(fieldsOf('ABZ').matches).toStrictEqual([]);
    expect((fieldsOf('AKZ').matches as unknown[]).length).toBe(1);
    const quiet = { ...match, isLogged: false, isAudited: false };
    const listed = auditEntryOf(with_({}, { matches: [quiet, unaudited, { ...match, isLogged: false }] }), 'full');
    expect((listed.matches as unknown[]).length).toBe(2);
  });
});

describe('an audit line', () => {
  const hostile = `"}\r\n{"event":"forged"}\x1b[2J\x9b1A\x00\x7f\u2028 4111 1111 1111 1111 password=hunter2`;
  const hostileRecord: TransactionRecord = {
    ...record,
    request: {
      ...(record.request as NonNullable<TransactionRecord['request']>),
      ...{
        method: hostile,
        target: `/${hostile}?${hostile}=${hostile}`,
        protocol: hostile,
        remoteAddress: '192.0.2.1\n',
      },
      headers: [{ name: 'host', value: hostile }],
    },
    matches: [
      {
        ...match,
        ...{ message: hostile, logData: hostile, variable: hostile, tags: ['a\nb'], file: 'c\nd' },
        messageValues: [{ from: 0, to: 5 }],
      },
    ],
    uninspected: new Map([['limit.body', 7]]),
    problems: [{ cause: 'parse', message: hostile }],
  };

  for (const redaction of ['redacted', 'full'] as const) {
    it(`is one line of printable ASCII whatever a client sends, without its card number (${redaction})`, () => {
      const line = JSON.stringify(auditEntryOf(hostileRecord, redaction));
      expect(line).toMatch(/^[\x20-\x7e]+$/);
      expect(line).not.toMatch(/4111 1111 1111 1111/);
      expect(JSON.parse(line).event).toBe('exchange');
    });
  }
});

describe('createAuditLog', () => {
  it('writes one entry for each notable exchange and none for others', () => {
    const entries: AuditEntry[] = [];
    const sink = createAuditLog({ redactionOf: () => 'redacted', write: (entry) => entries.push(entry) });
    sink.onRecord(record);
    sink.onRecord(allowed);
    expect(entries.length).toBe(1);
  });
});

describe('isNotable', () => {
  it('is what was blocked, detected, matched, failed, or not inspected contrary to the configuration', () => {
    expect(isNotable(allowed)).toBe(false);
    expect(isNotable({ ...allowed, uninspected: new Map([['response-media-type', 5]]) })).toBe(false);
    expect(isNotable({ ...allowed, uninspected: new Map([['request-after-end', 5]]) })).toBe(true);
    expect(isNotable({ ...allowed, matches: [match] })).toBe(true);
    expect(isNotable({ ...allowed, matches: [{ ...match, isLogged: false, isAudited: false }] })).toBe(false);
    expect(isNotable({ ...allowed, ending: 'failed' })).toBe(true);
    expect(isNotable({ ...allowed, report: { ...allowed.report, verdict: 'detect' } })).toBe(true);
  });
});

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** With everything that a proxy can report about it. */
const traced: TransactionRecord = {
  ...record,
  stageMs: { 'request-head': 1.23456, 'request-body': 0, 'response-head': 0, 'response-body': 0 },
  request: record.request && { ...record.request, headers: [{ name: 'traceparent', value: traceparent }] },
  parties: {
    peer: { address: '', port: 0, identity: 'spiffe://a', isVerified: true },
    route: 'shop\n',
    virtualHost: 'all',
    cluster: 'shop',
    upstream: '192.0.2.9:80',
    upstreamIdentity: '',
  },
};

describe('what the proxy reports about an exchange', () => {
  it('is in its line: trace, route, service, verified client, times', () => {
    expect(auditEntryOf(traced, 'redacted')).toMatchObject({
      ...{ version: 1, profile: 'default', generation: 1, traceparent, stageMs: { 'request-head': 1.235 } },
      ...{ route: 'shop\\x0a', virtualHost: 'all', cluster: 'shop', upstream: '192.0.2.9:80', identity: 'spiffe://a' },
    });
  });

  it('is not there if a client only claims it', () => {
    const { parties } = traced;
    for (const value of ['', 'x', `${traceparent}x`, traceparent.toUpperCase()]) {
      const request = record.request && { ...record.request, headers: [{ name: 'traceparent', value }] };
      const unverified = { ...parties, peer: { ...parties.peer, isVerified: false } };
      const entry = auditEntryOf({ ...traced, request, parties: unverified }, 'full');
      expect(['traceparent' in entry, 'identity' in entry]).toStrictEqual([false, false]);
    }
  });

  it('shows whether everything was inspected', () => {
    expect(auditEntryOf(record, 'redacted').coverage).toBe('whole');
    expect(auditEntryOf({ ...record, uninspected: new Map([['a', 0]]) }, 'redacted').coverage).toBe('part');
  });
});

const place = { offset: 9, transformations: ['lowercase'], excerpt: 'union\r\nselect x' };

describe('docs/audit-log.md', () => {
  it('shows where a rule matched, with values by their length by default', () => {
    const [shown, full] = (['redacted', 'full'] as const).map((redaction) => {
      const [first] = auditEntryOf({ ...record, matches: [{ ...match, place }] }, redaction).matches;
      return first;
    });
    expect(shown).toMatchObject({ offset: 9, transformations: ['lowercase'], excerpt: '[15 bytes]' });
    expect(full).toMatchObject({ excerpt: 'union\\x0d\\x0aselect x' });
    const secret = { ...match, variable: 'ARGS:password', place };
    expect(auditEntryOf({ ...record, matches: [secret] }, 'full').matches[0]).toMatchObject({ excerpt: '[secret]' });
  });

  it('names every field of a line, and no other', () => {
    const documented = readFileSync(join(import.meta.dirname, '../../docs/audit-log.md'), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name));
    const entry = auditEntryOf(
      {
        ...traced,
        report: { ...record.report, cause: 'parse' },
        firstVerdictBytes: 1,
        matches: Array.from({ length: 51 }, () => ({ ...match, place })),
        uninspected: new Map([['a', 1]]),
        problems: [{ cause: 'parse', message: '' }],
      },
      'redacted',
      [{ name: 'starter', version: '1.0.0' }],
    );
    const [first] = entry.matches as unknown as readonly Record<string, unknown>[];
    const ofTheLog = ['level', 'time', 'service', 'msg'];
    expect(new Set(documented)).toStrictEqual(
      new Set([...ofTheLog, ...Object.keys(entry), ...Object.keys(first as object)]),
    );
  });
});

describe('the share of exchanges without anything to tell', () => {
  it('gets a line each, unless the audit log is off', () => {
    const benign = recordWith();
    const lines = (benignPercent: number, audit = benign.audit): number => {
      let count = 0;
      const write = (): void => {
        count += 1;
      };
      const log = createAuditLog({ redactionOf: () => 'redacted', benignPercent, write });
      for (let index = 0; index < 200; index += 1) {
        void log.onRecord({ ...benign, audit, report: { ...benign.report, requestId: `exchange-${index}` } });
      }
      return count;
    };
    expect([lines(0), lines(100), lines(100, { ...benign.audit, engine: 'Off' })]).toStrictEqual([0, 200, 0]);
    expect(Math.abs(lines(50) - 100)).toBeLessThan(40);
  });
});
