// The audit log, read back.

import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { AuditReader } from '../../src/ftw/audit-reader.ts';
import { createAuditLog } from '../../src/telemetry/audit-log.ts';
import type { TransactionRecord } from '../../src/transaction/record.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { recordWith } from '../support/record.ts';

/** A record as transactions make it, with one logged match for each id. */
function recordOf(requestId: string, ruleIds: readonly number[]): TransactionRecord {
  const allowed = recordWith();
  return recordWith({
    report: { ...allowed.report, requestId, inboundScore: 5, ruleIds },
    matches: ruleIds.map((ruleId) => ({
      ruleId,
      phase: 2,
      message: 'a message',
      messageValues: [],
      logData: 'found within ARGS:a: b',
      severity: 'CRITICAL',
      tags: ['one'],
      file: '/rules/a:b.conf',
      line: 7,
      variable: 'ARGS:a',
      isLogged: true,
      isAudited: true,
    })),
  });
}

describe('AuditReader', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-audit-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'audit.log');
  const sink = createAuditLog({
    redactionOf: () => 'full',
    write: (entry) => appendFileSync(file, `${JSON.stringify({ level: 'info', ...entry })}\n`),
  });

  it('reads what the audit log writes from now on', async () => {
    writeFileSync(file, '');
    sink.onRecord(recordOf('earlier-1', [1]));
    const reader = new AuditReader(file);
    sink.onRecord(recordOf('request-1', [942100, 5, 942100]));
    appendFileSync(file, 'no JSON\n{"event":"started"}\n');
    const exchanges = await reader.readWhenQuiet(100);
    expect([...exchanges.keys()]).toStrictEqual(['request-1']);
    const exchange = exchanges.get('request-1');
    expect(exchange?.ruleIds).toStrictEqual([942100, 5]);
    expect(exchange?.logLines[1]).toBe(
      '[file "/rules/a:b.conf"] [line "7"] [id "5"] [msg "a message"] [data "found within ARGS:a: b"] ' +
        '[severity "CRITICAL"] [tag "one"]',
    );
    sink.onRecord(recordOf('request-2', [1]));
    expect([...(await reader.readWhenQuiet(100)).keys()], 'the second time only what is new').toStrictEqual([
      'request-2',
    ]);
  });

  it('waits while the log grows', async (context) => {
    const clock = new FakeClock(context);
    /** The reader sets its next timer in a turn of its own. */
    const pass = async (ms: number): Promise<void> => {
      for (let passed = 0; passed < ms; passed += 10) {
        clock.advance(10);
        await setImmediate();
      }
    };
    writeFileSync(file, '');
    const reader = new AuditReader(file);
    let isOver = false;
    const reading = reader.readWhenQuiet(400).finally(() => {
      isOver = true;
    });
    for (let written = 0; written < 6; written += 1) {
      await pass(350);
      sink.onRecord(recordOf(`request-${written}`, [1]));
    }
    await pass(390);
    expect(isOver).toBe(false);
    await pass(100);
    expect(isOver).toBe(true);
    expect((await reading).size).toBe(6);
  });

  it('counts lines that the log has lost', async () => {
    writeFileSync(file, '');
    const reader = new AuditReader(file);
    sink.onRecord(
      recordOf(
        'request-1',
        Array.from({ length: 60 }, (_, index) => index + 1),
      ),
    );
    const exchange = (await reader.readWhenQuiet(100)).get('request-1');
    expect((exchange?.ruleIds.length ?? 0) + (exchange?.omittedCount ?? 0)).toBe(60);
    expect(exchange?.omittedCount ?? 0).toBeGreaterThan(0);
  });

  it('rejects a log that does not exist', () => {
    expect(() => new AuditReader(join(folder, 'no.log'))).toThrow(expect.objectContaining({ code: 'config.invalid' }));
  });
});
