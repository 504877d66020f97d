// The audit log, read back.

import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { AuditReader } from '../../src/ftw/audit-reader.ts';
import { createAuditLog } from '../../src/telemetry/audit-log.ts';
import type { TransactionRecord } from '../../src/transaction/record.ts';

/** A record as transactions make it, with one logged match for each id. */
function recordOf(requestId: string, ruleIds: readonly number[]): TransactionRecord {
  return {
    report: {
      requestId,
      verdict: 'allow',
      ruleId: 0,
      phase: 0,
      cause: '',
      inboundScore: 5,
      outboundScore: 0,
      ruleIds,
    },
    ending: 'complete',
    startedAt: new Date(0),
    durationMs: 1,
    request: undefined,
    responseStatus: 200,
    blockStatus: 0,
    matches: ruleIds.map((ruleId) => ({
      ruleId,
      phase: 2,
      message: 'a message',
      logData: 'found within ARGS:a: b',
      severity: 'CRITICAL',
      tags: ['one'],
      file: '/rules/a:b.conf',
      line: 7,
      variable: 'ARGS:a',
      isLogged: true,
    })),
    requestBytes: 0,
    responseBytes: 0,
    firstVerdictBytes: undefined,
    uninspected: new Map(),
    problems: [],
  };
}

describe('AuditReader', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-audit-'));
  after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'audit.log');
  const sink = createAuditLog({
    redaction: 'full',
    write: (entry) => appendFileSync(file, `${JSON.stringify({ level: 'info', ...entry })}\n`),
  });

  it('reads what the audit log writes, from where it stood', async () => {
    writeFileSync(file, '');
    sink(recordOf('earlier-1', [1]));
    const reader = new AuditReader(file);
    sink(recordOf('request-1', [942100, 5, 942100]));
    appendFileSync(file, 'no JSON\n{"event":"started"}\n');
    const exchanges = await reader.readWhenQuiet(100);
    assert.deepEqual([...exchanges.keys()], ['request-1']);
    const exchange = exchanges.get('request-1');
    assert.deepEqual(exchange?.ruleIds, [942100, 5]);
    assert.equal(
      exchange?.logLines[1],
      '[file "/rules/a:b.conf"] [line "7"] [id "5"] [msg "a message"] [data "found within ARGS:a: b"] ' +
        '[severity "CRITICAL"] [tag "one"]',
    );
    sink(recordOf('request-2', [1]));
    assert.deepEqual([...(await reader.readWhenQuiet(100)).keys()], ['request-2'], 'the second time only what is new');
  });

  it('waits as long as the log grows', async () => {
    writeFileSync(file, '');
    const reader = new AuditReader(file);
    let written = 0;
    const timer = setInterval(() => {
      written += 1;
      sink(recordOf(`request-${written}`, [1]));
      if (written === 6) clearInterval(timer);
    }, 60);
    assert.equal((await reader.readWhenQuiet(400)).size, 6);
  });

  it('counts what the log leaves out', async () => {
    writeFileSync(file, '');
    const reader = new AuditReader(file);
    sink(
      recordOf(
        'request-1',
        Array.from({ length: 60 }, (_, index) => index + 1),
      ),
    );
    const exchange = (await reader.readWhenQuiet(100)).get('request-1');
    assert.equal((exchange?.ruleIds.length ?? 0) + (exchange?.omittedCount ?? 0), 60);
    assert.ok((exchange?.omittedCount ?? 0) > 0);
  });

  it('refuses a log that is not there', () => {
    assert.throws(() => new AuditReader(join(folder, 'no.log')), { code: 'config.invalid' });
  });
});
