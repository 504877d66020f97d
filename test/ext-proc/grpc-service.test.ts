import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  bindSocket,
  noFailures,
  processPath,
  serviceName,
  statusOf,
  untilDisconnected,
} from '../../src/ext-proc/grpc-service.ts';

describe('the service', () => {
  it('has the names by which Envoy calls it', () => {
    expect([serviceName, processPath]).toStrictEqual([
      'envoy.service.ext_proc.v3.ExternalProcessor',
      '/envoy.service.ext_proc.v3.ExternalProcessor/Process',
    ]);
  });

  it('has a status for each failure, and none of them is OK', () => {
    expect(Object.keys(statusOf)).toStrictEqual(Object.keys(noFailures()));
    expect(Object.values(statusOf)).not.toContain(0);
    expect(noFailures(), 'each server counts its own').not.toBe(noFailures());
  });
});

describe('untilDisconnected', () => {
  it('ends with the last connection, or with its timeout', async () => {
    let connections = 3;
    await untilDisconnected(() => {
      connections -= 1;
      return connections;
    }, 60_000);
    expect(connections).toBe(0);
    await untilDisconnected(() => 1, 1);
    await untilDisconnected(() => 1, 0);
  });
});

describe('bindSocket', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-bind-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('creates a socket with its permissions, in place of one that a dead process left', async () => {
    const path = join(folder, 'a.sock');
    for (const mode of [0o660, 0o600]) {
      const server = createServer();
      await bindSocket(path, { mode }, () => new Promise<void>((resolve) => server.listen(path, () => resolve())));
      expect(statSync(path).mode & 0o777).toBe(mode);
      await new Promise((resolve) => server.close(resolve));
    }
    expect(existsSync(path)).toBe(false);
  });
});
