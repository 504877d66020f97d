import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { AuditFile } from '../../src/telemetry/audit-file.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { FakeClock } from '../support/fake-clock.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-audit-'));
after(() => rmSync(folder, { recursive: true }));

const options = {
  onLoss: (reason: string): void => assert.fail(reason),
  unwrittenBytesMax: 1024 * 1024,
};

describe('AuditFile', () => {
  it('appends, and has written every line when it is closed', async () => {
    const path = join(folder, 'a.log');
    writeFileSync(path, 'before\n');
    const file = new AuditFile(path, options);
    const log = createLog('info', file);
    for (let line = 0; line < 1_000; line += 1) log.info({ line }, 'exchange');
    await file.close();
    await file.close();
    const lines = readFileSync(path, 'utf8').trim().split('\n');
    assert.equal(lines.length, 1_001);
    assert.equal(lines[0], 'before');
    assert.equal((JSON.parse(lines[1_000] ?? '') as { line: number }).line, 999);
  });

  it('keeps strangers from reading a new file', async () => {
    const path = join(folder, 'b.log');
    await new AuditFile(path, options).close();
    assert.equal(statSync(path).mode & 0o007, 0);
  });

  it('refuses a file that cannot be opened', () => {
    assert.throws(() => new AuditFile(join(folder, 'missing', 'a.log'), options), {
      code: 'config.invalid',
      message: /cannot write the audit log/,
    });
  });

  it('says once that writing fails, and goes on', async () => {
    const reasons: string[] = [];
    const file = new AuditFile('/dev/full', { ...options, onLoss: (reason) => reasons.push(reason) });
    for (let line = 0; line < 100; line += 1) {
      file.write('a line\n');
      await new Promise((resolve) => setImmediate(resolve));
    }
    await file.close();
    assert.equal(reasons.length, 1);
    assert.match(reasons[0] ?? '', /ENOSPC/);
  });

  it('writes again when the disk does, a second after it failed', async (context) => {
    const clock = new FakeClock(context);
    const path = join(folder, 'd.log');
    symlinkSync('/dev/full', path);
    const { promise: failed, resolve: onLoss } = Promise.withResolvers<string>();
    const file = new AuditFile(path, { ...options, onLoss });
    file.write('lost\n');
    assert.match(await failed, /ENOSPC/);
    rmSync(path);
    clock.advance(999);
    file.write('too early\n');
    clock.advance(1);
    file.write('kept\n');
    await file.close();
    assert.equal(readFileSync(path, 'utf8'), 'kept\n');
  });

  it('loses lines rather than memory when the disk is slow', async () => {
    const reasons: string[] = [];
    const file = new AuditFile(join(folder, 'c.log'), {
      unwrittenBytesMax: 1_000,
      onLoss: (reason) => reasons.push(reason),
    });
    for (let line = 0; line < 1_000; line += 1) file.write('0123456789\n');
    await file.close();
    assert.equal(reasons.length, 1);
    assert.ok(readFileSync(join(folder, 'c.log'), 'utf8').length < 2_000);
  });
});
