import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { limitsWith } from '../../src/base/limits.ts';
import { openLogs } from '../../src/server/logs.ts';
import { auditEntryOf } from '../../src/telemetry/audit-log.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { recordWith } from '../support/record.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-logs-'));
afterAll(() => rmSync(folder, { recursive: true }));

const limits = limitsWith({});
const entryOf = (requestId: string) => {
  const record = recordWith();
  return auditEntryOf({ ...record, report: { ...record.report, requestId } }, 'redacted');
};

describe('openLogs', () => {
  it('writes audit lines to their file, and to a new one after a rotation', async () => {
    const path = join(folder, 'audit.log');
    const logs = openLogs({ logLevel: 'silent', auditLog: path, limits });
    logs.writeAudit(entryOf('a'));
    renameSync(path, `${path}.1`);
    logs.reopen();
    logs.writeAudit(entryOf('b'));
    await logs.close();
    const text = readFileSync(path, 'utf8');
    expect(text).toMatch(/"requestId":"b"/);
  });

  it('writes lines in other formats unchanged', async () => {
    const path = join(folder, 'ecs.log');
    const logs = openLogs({ logLevel: 'silent', auditLog: path, auditFormat: 'ecs', limits });
    logs.writeAudit(entryOf('a'));
    await logs.close();
    const line = JSON.parse(readFileSync(path, 'utf8'));
    expect(line).toMatchObject({ '@timestamp': '1970-01-01T00:00:00.000Z', event: { id: 'a' } });
    expect(Object.keys(line)).not.toContain('level');
  });

  it('logs more for a time, by the last request, and then as before', async (context) => {
    const clock = new FakeClock(context);
    const logs = openLogs({ logLevel: 'silent', auditLog: undefined, limits });
    logs.setLevel('debug', 100);
    expect(logs.log.level).toBe('debug');
    clock.advance(60);
    logs.setLevel('error', 100);
    clock.advance(99);
    expect(logs.log.level).toBe('error');
    clock.advance(1);
    expect(logs.log.level).toBe('silent');
    await logs.close();
  });

  it('refuses a file that cannot be opened', () => {
    expect(() => openLogs({ logLevel: 'silent', auditLog: join(folder, 'missing', 'a.log'), limits })).toThrow(
      expect.objectContaining({
        code: 'config.invalid',
        message: expect.stringMatching(/cannot write the audit log: .*ENOENT/),
      }),
    );
  });

  it('leaves nothing behind', async () => {
    const before = process.listenerCount('exit');
    const logs = openLogs({ logLevel: 'silent', auditLog: undefined, limits });
    await logs.close();
    await logs.close();
    expect(process.listenerCount('exit')).toBe(before);
  });
});
