// Audit entries in other formats.

import { describe, expect, it } from 'vitest';
import type { RuleMatch } from '../../src/decision/verdict.ts';
import { auditFormats, inFormat } from '../../src/telemetry/audit-format.ts';
import { auditEntryOf } from '../../src/telemetry/audit-log.ts';
import { recordWith } from '../support/record.ts';
import { headOf } from '../support/shadow.ts';

const match: RuleMatch = {
  ruleId: 942100,
  phase: 2,
  message: 'SQL injection',
  messageValues: [],
  logData: 'found canary-of-a-user',
  severity: 'CRITICAL',
  tags: ['attack-sqli'],
  file: 'rules/a:b.conf',
  line: 12,
  variable: 'ARGS:q',
  isLogged: true,
  isAudited: true,
};
const base = recordWith();
const traceparent = { name: 'traceparent', value: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
const head = headOf('GET', '/a?q=canary-of-a-user');
const record = recordWith({
  report: { ...base.report, verdict: 'block', ruleId: 942100, phase: 2 },
  request: { ...head, headers: [...head.headers, traceparent] },
  matches: [match],
  blockStatus: 403,
});
const packs = [{ name: 'starter', version: '1.2.3', digest: 'sha256:00' }];
const entry = auditEntryOf(record, 'redacted', packs);
const bare = auditEntryOf(recordWith({ response: undefined }), 'redacted');

describe('inFormat', () => {
  it('never contains more than our own entry', () => {
    for (const format of auditFormats) {
      expect(JSON.stringify(inFormat(entry, format)), format).not.toContain('canary');
      expect(JSON.stringify(inFormat(bare, format)), format).not.toContain('undefined');
    }
  });

  it('leaves our own unchanged, including packs', () => {
    expect(inFormat(entry, 'own')).toBe(entry);
    expect(entry).toMatchObject({ packs });
    expect(bare).not.toHaveProperty('packs');
  });

  it('writes ModSecurity’s JSON', () => {
    expect(inFormat(entry, 'modsecurity')).toMatchObject({
      transaction: {
        client_ip: '192.0.2.1',
        client_port: 4711,
        unique_id: 'request-1',
        request: { method: 'GET', http_version: 1.1, uri: '/a?q=[16 bytes]', headers: { Host: 'example.test' } },
        response: { http_code: 403 },
        producer: { components: ['starter/1.2.3'] },
        messages: [
          {
            message: 'SQL injection',
            details: {
              ruleId: '942100',
              file: 'rules/a:b.conf',
              lineNumber: '12',
              severity: '2',
              tags: ['attack-sqli'],
            },
          },
        ],
      },
    });
  });

  it('writes ECS', () => {
    expect(inFormat(entry, 'ecs')).toMatchObject({
      '@timestamp': '1970-01-01T00:00:00.000Z',
      event: { kind: 'alert', type: ['denied'], action: 'block', duration: 1_000_000 },
      rule: { id: '942100', name: 'SQL injection' },
      http: { version: '1.1', request: { method: 'GET' }, response: { status_code: 403 } },
      url: { path: '/a', domain: 'example.test' },
      source: { address: '192.0.2.1', ip: '192.0.2.1', port: 4711 },
      trace: { id: '0af7651916cd43dd8448eb211c80319c' },
      weir: { requestId: 'request-1' },
    });
    expect(inFormat(bare, 'ecs')).toMatchObject({ event: { kind: 'event', type: ['allowed'] } });
  });

  it('writes OCSF', () => {
    expect(inFormat(entry, 'ocsf')).toMatchObject({
      class_uid: 2004,
      type_uid: 200401,
      time: 0,
      severity_id: 5,
      disposition_id: 2,
      finding_info: { uid: 'request-1', title: 'SQL injection', analytic: { uid: '942100' } },
      metadata: { version: '1.5.0', product: { name: 'Weir' } },
    });
    expect(inFormat(bare, 'ocsf')).toMatchObject({ severity_id: 0, action_id: 1, disposition_id: 1 });
  });
});
