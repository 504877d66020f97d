import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nativeAddon } from '../../src/matching/native.ts';
import { PlanHandle } from '../../src/plan/plan-handle.ts';
import { idsOf, planOf, runExchange } from '../support/exchange.ts';

const rules = (word: string): string =>
  `SecRule ARGS "@rx ${word}" "id:1,phase:2,deny,capture"\nSecRule ARGS "@verifyCC [0-9]{16}" "id:2,phase:2,deny"\n`;

describe('PlanHandle', () => {
  it('leases the plan in force', async () => {
    const handle = new PlanHandle(await planOf(rules('old')));
    const lease = handle.lease();
    assert.equal(lease.generation, 1);
    assert.equal(lease.plan, handle.plan);
    lease.release();
    handle.close();
  });

  it('lets who holds a lease keep to the plan it began with, and others have the next', async () => {
    const handle = new PlanHandle(await planOf(rules('old')));
    const old = handle.lease();
    assert.equal(handle.replace(await planOf(rules('new'))), 2);
    const next = handle.lease();
    assert.deepEqual([old.generation, next.generation, handle.generation], [1, 2, 2]);
    for (const [{ plan }, word, other] of [
      [old, 'old', 'new'],
      [next, 'new', 'old'],
    ] as const) {
      assert.deepEqual(idsOf(runExchange(plan, { target: `/?a=${word}` })), [1]);
      assert.deepEqual(idsOf(runExchange(plan, { target: `/?a=${other}` })), []);
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
    assert.equal(handle.openPlans, 2);
    leases[0]?.release();
    leases[0]?.release();
    assert.equal(handle.openPlans, 2, 'a lease is given back once');
    assert.deepEqual(idsOf(runExchange(leases[1]?.plan ?? handle.plan, { target: '/?a=old' })), [1]);
    leases[1]?.release();
    assert.equal(handle.openPlans, 1);
    assert.deepEqual(nativeAddon().openHandles(), one);
    handle.close();
    assert.deepEqual(nativeAddon().openHandles(), before);
  });

  it('frees a plan that nobody uses at once', async () => {
    const handle = new PlanHandle(await planOf(rules('old')));
    handle.replace(await planOf(rules('new')));
    assert.equal(handle.openPlans, 1);
    handle.close();
    assert.equal(handle.openPlans, 0);
  });

  it('gives nothing any more when it is closed, and frees the plan with its last lease', async () => {
    const before = nativeAddon().openHandles();
    const handle = new PlanHandle(await planOf(rules('old')));
    const lease = handle.lease();
    handle.close();
    handle.close();
    assert.throws(() => handle.lease(), { code: 'native.closed' });
    assert.throws(() => handle.replace(lease.plan), { code: 'native.closed' });
    assert.deepEqual(idsOf(runExchange(lease.plan, { target: '/?a=old' })), [1]);
    lease.release();
    assert.deepEqual(nativeAddon().openHandles(), before);
  });

  it('leaves nothing native behind, however often rules are loaded and replaced', async () => {
    const before = nativeAddon().openHandles();
    const handle = new PlanHandle(await planOf(rules('word0')));
    for (let round = 1; round <= 300; round += 1) {
      const lease = handle.lease();
      handle.replace(await planOf(rules(`word${round}`)));
      lease.release();
    }
    assert.equal(handle.generation, 301);
    handle.close();
    assert.deepEqual(nativeAddon().openHandles(), before);
  });
});
