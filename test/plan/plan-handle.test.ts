import { describe, expect, it } from 'vitest';
import { nativeAddon } from '../../src/matching/native.ts';
import { PlanHandle } from '../../src/plan/plan-handle.ts';
import { idsOf, planOf, runExchange } from '../support/exchange.ts';

const rules = (word: string): string =>
  `SecRule ARGS "@rx ${word}" "id:1,phase:2,deny,capture"\nSecRule ARGS "@verifyCC [0-9]{16}" "id:2,phase:2,deny"\n`;

describe('PlanHandle', () => {
  it('leases the plan in force', async () => {
    const handle = new PlanHandle(await planOf(rules('old')));
    const lease = handle.lease();
    expect(lease.generation).toBe(1);
    expect(lease.plan).toBe(handle.plan);
    lease.release();
    handle.close();
  });

  it('keeps the leased plan for its holder, and gives others the next', async () => {
    const handle = new PlanHandle(await planOf(rules('old')));
    const old = handle.lease();
    expect(handle.replace(await planOf(rules('new')))).toBe(2);
    const next = handle.lease();
    expect([old.generation, next.generation, handle.generation]).toStrictEqual([1, 2, 2]);
    for (const [{ plan }, word, other] of [
      [old, 'old', 'new'],
      [next, 'new', 'old'],
    ] as const) {
      expect(idsOf(runExchange(plan, { target: `/?a=${word}` }))).toStrictEqual([1]);
      expect(idsOf(runExchange(plan, { target: `/?a=${other}` }))).toStrictEqual([]);
    }
    old.release();
    next.release();
    handle.close();
  });

  it('frees a replaced plan with its last lease, and not before', async () => {
    const before = nativeAddon().openHandles();
    const handle = new PlanHandle(await planOf(rules('old')));
    const one = nativeAddon().openHandles();
    const leases = [handle.lease(), handle.lease()];
    handle.replace(await planOf(rules('new')));
    expect(handle.openPlans).toBe(2);
    leases[0]?.release();
    leases[0]?.release();
    expect(handle.openPlans, 'a lease is given back once').toBe(2);
    expect(idsOf(runExchange(leases[1]?.plan ?? handle.plan, { target: '/?a=old' }))).toStrictEqual([1]);
    leases[1]?.release();
    expect(handle.openPlans).toBe(1);
    expect(nativeAddon().openHandles()).toStrictEqual(one);
    handle.close();
    expect(nativeAddon().openHandles()).toStrictEqual(before);
  });

  it('frees an unused plan at once', async () => {
    const handle = new PlanHandle(await planOf(rules('old')));
    handle.replace(await planOf(rules('new')));
    expect(handle.openPlans).toBe(1);
    handle.close();
    expect(handle.openPlans).toBe(0);
  });

  it('gives no leases after it is closed, and frees the plan with its last lease', async () => {
    const before = nativeAddon().openHandles();
    const handle = new PlanHandle(await planOf(rules('old')));
    const lease = handle.lease();
    handle.close();
    handle.close();
    expect(() => handle.lease()).toThrow(expect.objectContaining({ code: 'native.closed' }));
    expect(() => handle.replace(lease.plan)).toThrow(expect.objectContaining({ code: 'native.closed' }));
    expect(idsOf(runExchange(lease.plan, { target: '/?a=old' }))).toStrictEqual([1]);
    lease.release();
    expect(nativeAddon().openHandles()).toStrictEqual(before);
  });

  it('leaves nothing native behind, however often rules are loaded and replaced', async () => {
    const before = nativeAddon().openHandles();
    const handle = new PlanHandle(await planOf(rules('word0')));
    for (let round = 1; round <= 300; round += 1) {
      const lease = handle.lease();
      handle.replace(await planOf(rules(`word${round}`)));
      lease.release();
    }
    expect(handle.generation).toBe(301);
    handle.close();
    expect(nativeAddon().openHandles()).toStrictEqual(before);
  });
});
