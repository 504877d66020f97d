import { describe, expect, it } from 'vitest';
import { WafError } from '../../src/base/errors.ts';
import { ServerHealth } from '../../src/server/health.ts';

describe('ServerHealth', () => {
  it('is ready from start to end, but not while new exchanges are refused', () => {
    const health = new ServerHealth();
    expect(health.shown(0)).toMatchObject({ hasStarted: false, notReady: 'starting: rules are being loaded' });
    health.started();
    expect(health.shown(1)).toMatchObject({ hasStarted: true, notReady: undefined, generation: 1 });
    health.overloaded('9 exchanges are under way, limit 8');
    expect(health.shown(1).notReady).toBe('overloaded: 9 exchanges are under way, limit 8');
    expect(health.isOverloaded).toBe(true);
    health.overloaded(undefined);
    expect(health.shown(1).notReady).toBe(undefined);
    health.drains();
    expect(health.shown(1)).toMatchObject({ hasStarted: true, notReady: 'draining' });
    health.overloaded(undefined);
    expect(health.shown(1).notReady, 'for good').toBe('draining');
  });

  it('stays ready after a failed reload, and reports it until one succeeds', () => {
    const health = new ServerHealth();
    health.started();
    const error = new WafError('config.invalid', 'no');
    health.reloaded(error);
    expect(health.shown(1)).toMatchObject({ notReady: undefined, failedReload: { error, at: expect.any(Date) } });
    health.reloaded();
    expect(health.shown(2).failedReload).toBe(undefined);
  });
});
