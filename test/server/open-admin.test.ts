import { describe, expect, it } from 'vitest';
import { limitsWith } from '../../src/base/limits.ts';
import { openAdmin } from '../../src/server/open-admin.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { askAdmin } from '../support/admin.ts';
import { adminTarget } from '../support/admin-target.ts';

describe('openAdmin', () => {
  it('logs its address, and the requests', async () => {
    const lines: string[] = [];
    const log = createLog('info', { write: (line) => lines.push(JSON.parse(line).msg) });
    const levels: string[] = [];
    const { target, asked } = adminTarget();
    const limits = limitsWith({});
    const setLevel = (level: string) => void levels.push(level);
    const server = await openAdmin({ admin: { listen: '127.0.0.1:0' }, limits }, { log, setLevel }, target);
    const address = server?.address ?? '';
    await askAdmin(address, '/-/log-level?level=debug&seconds=1', { method: 'POST' });
    await askAdmin(address, '/-/drain', { method: 'POST' });
    expect([levels, asked]).toStrictEqual([['debug'], ['debug for 1000 ms', 'drain']]);
    expect(lines).toStrictEqual([
      `the admin address is ${address}`,
      'the log level was set by the admin address',
      'the admin address was asked to drain',
    ]);
    await server?.close();
  });

  it('opens nothing if none is configured', async () => {
    const log = createLog('silent', { write: () => undefined });
    const logs = { log, setLevel: () => undefined };
    expect(await openAdmin({ admin: undefined, limits: limitsWith({}) }, logs, adminTarget().target)).toBe(undefined);
  });
});
