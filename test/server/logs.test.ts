import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { limitsWith } from '../../src/base/limits.ts';
import { openLogs } from '../../src/server/logs.ts';
import { FakeClock } from '../support/fake-clock.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-logs-'));
afterAll(() => rmSync(folder, { recursive: true }));

const limits = limitsWith({});

describe('openLogs', () => {
  it('writes audit lines to their file, and to a new one after a rotation', async () => {
    const path = join(folder, 'audit.log');
    const logs = openLogs({ logLevel: 'silent', auditLog: path, limits });
    logs.auditLog.info({ count: 1 }, 'exchange');
    renameSync(path, `${path}.1`);
    logs.reopen();
    logs.auditLog.info({ count: 2 }, 'exchange');
    await logs.close();
    const text = readFileSync(path, 'utf8');
    expect(text).toMatch(/"count":2/);
  });

  it('makes the audit log a part of the log when it has no file', async () => {
    const logs = openLogs({ logLevel: 'silent', auditLog: undefined, limits });
    expect(logs.auditLog).toBe(logs.log);
    await logs.close();
  });

  it('says more for a time, the last one counts, and then as much as before', async (context) => {
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
