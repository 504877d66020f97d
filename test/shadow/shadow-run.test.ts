// One exchange under shadow rules.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limitsWith } from '../../src/base/limits.ts';
import { defaultFailurePolicy } from '../../src/decision/failure-mode.ts';
import { PersistentCollections } from '../../src/evaluate/persistent-collections.ts';
import { PlanHandle } from '../../src/plan/plan-handle.ts';
import { ShadowRun, type ShadowRunOptions } from '../../src/shadow/shadow-run.ts';
import { planOf } from '../support/exchange.ts';
import { headOf } from '../support/shadow.ts';

const live = { verdict: { kind: 'allow' }, matches: [], score: 0 } as const;
const limits = limitsWith({});

describe('ShadowRun', () => {
  let handle: PlanHandle;
  beforeAll(async () => {
    const rule = 'SecRule REQUEST_BODY "@contains bad" "id:1,phase:2,deny"';
    handle = new PlanHandle(await planOf(`SecRuleEngine On\nSecRequestBodyAccess On\n${rule}`));
  });
  afterAll(() => handle.close());

  function begin(more: Partial<ShadowRunOptions> = {}) {
    let bytes = 0;
    let inputs = 0;
    const collections = new PersistentCollections(limits);
    const run = new ShadowRun({
      candidate: { name: 'c', plans: handle, limits, failurePolicy: defaultFailurePolicy, collections },
      limits,
      collections,
      requestId: 'r',
      takeBytes: (taken) => {
        bytes += taken;
        return true;
      },
      giveBytes: (given) => {
        bytes -= given;
      },
      onInput: () => {
        inputs += 1;
      },
      onFull: () => undefined,
      ...more,
    });
    return { run, bytesNow: () => bytes, inputsNow: () => inputs };
  }

  it('inspects nothing before it is started, and then everything', () => {
    const { run, bytesNow, inputsNow } = begin();
    const chunk = Buffer.from('bad');
    run.requestHead(headOf('POST', '/'), false);
    run.chunk('request', chunk);
    // The chunk is borrowed.
    chunk.fill(0);
    run.end('request', []);
    run.end('request', []);
    run.close(live);
    expect([run.hasInput, bytesNow(), inputsNow()]).toStrictEqual([true, 3, 4]);
    expect(run.step()).toMatchObject({ live, isWhole: true, shadow: { verdict: { kind: 'block', ruleId: 1 } } });
    expect([run.hasInput, bytesNow()]).toStrictEqual([false, 0]);
    run.drop();
  });

  it('waits for the rest', () => {
    const { run } = begin();
    run.requestHead(headOf('GET', '/'), true);
    expect([run.step(), run.hasInput]).toStrictEqual([undefined, false]);
    run.close(live);
    expect(run.step()).toMatchObject({ shadow: { verdict: { kind: 'allow' } } });
    run.drop();
  });

  it('reports that the live rules stopped the exchange before its end', () => {
    const { run } = begin();
    run.requestHead(headOf('POST', '/'), false);
    run.close({ ...live, verdict: { kind: 'block', ruleId: 9, status: 403, phase: 1 } });
    expect(run.step()).toMatchObject({ isWhole: false });
    run.drop();
  });

  it('releases what it holds when it is dropped, and accepts nothing more', () => {
    const { run, bytesNow, inputsNow } = begin();
    run.requestHead(headOf('POST', '/'), false);
    run.chunk('request', Buffer.alloc(100));
    run.drop();
    run.drop();
    run.chunk('request', Buffer.alloc(100));
    run.close(live);
    expect([bytesNow(), inputsNow(), run.hasInput]).toStrictEqual([0, 2, false]);
  });

  it('reports that there is no room for a chunk, and keeps none of it', () => {
    let isFull = false;
    const onFull = (): void => {
      isFull = true;
    };
    const { run } = begin({ takeBytes: () => false, onFull });
    run.requestHead(headOf('POST', '/'), false);
    run.chunk('request', Buffer.alloc(100));
    expect(isFull).toBe(true);
    run.drop();
  });
});
