import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { limitsWith } from '../../src/base/limits.ts';
import { openLogs } from '../../src/server/logs.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-logs-'));
after(() => rmSync(folder, { recursive: true }));

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
    assert.match(text, /"count":2/);
  });

  it('makes the audit log a part of the log when it has no file', async () => {
    const logs = openLogs({ logLevel: 'silent', auditLog: undefined, limits });
    assert.equal(logs.auditLog, logs.log);
    await logs.close();
  });

  it('refuses a file that cannot be opened', () => {
    assert.throws(() => openLogs({ logLevel: 'silent', auditLog: join(folder, 'missing', 'a.log'), limits }), {
      code: 'config.invalid',
      message: /cannot write the audit log: .*ENOENT/,
    });
  });

  it('leaves nothing behind', async () => {
    const before = process.listenerCount('exit');
    const logs = openLogs({ logLevel: 'silent', auditLog: undefined, limits });
    await logs.close();
    await logs.close();
    assert.equal(process.listenerCount('exit'), before);
  });
});
