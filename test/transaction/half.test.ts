import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { limits } from '../../src/base/limits.ts';
import { Half } from '../../src/transaction/half.ts';
import { FakeClock } from '../support/fake-clock.ts';

const prefix = { body: 'prefix', holdsHead: false } as const;
const noWait = { body: 'chunks', holdsHead: true } as const;

describe('Half', () => {
  it('takes a body that has its declared length for complete', () => {
    const half = new Half<string>('request', prefix, limits);
    half.begin([{ name: 'content-length', value: '5' }], 'head', { holdMs: 10, flow: 'after-hold' });
    half.push('a', 4);
    assert.equal(half.isBodyComplete, false);
    half.push('b', 1);
    assert.equal(half.isBodyComplete, true);
  });

  it('says when the oldest held message is due', (context) => {
    const clock = new FakeClock(context);
    const half = new Half<string>('request', noWait, limits);
    assert.equal(half.holdDueMs, undefined);
    half.begin([], 'head', { holdMs: 1000, flow: 'after-hold' });
    const due = clock.nowMs + 1000;
    clock.advance(10);
    half.push('a', 1);
    assert.equal(half.holdDueMs, due);
  });

  it('lets the head go with the first of the body when the pace says so', () => {
    const half = new Half<string>('response', noWait, limits);
    half.begin([], 'head', { holdMs: 100, flow: 'with-body' });
    assert.deepEqual(half.queue.release(0), []);
    half.push('a', 3);
    assert.deepEqual(half.queue.release(3), ['head', 'a']);
  });

  it('reports once, at its end', () => {
    const half = new Half<string>('request', noWait, limits);
    half.begin([], 'head', { holdMs: 0, flow: 'at-once' });
    assert.equal(half.reportsNow(), false);
    half.end();
    assert.deepEqual([half.reportsNow(), half.reportsNow()], [true, false]);
  });

  it('is answered when it has ended and nothing of it is held', () => {
    const half = new Half<string>('request', noWait, limits);
    half.begin([], 'head', { holdMs: 5, flow: 'after-hold' });
    half.end();
    assert.equal(half.isAnswered, false);
    half.queue.release(0);
    assert.equal(half.isAnswered, true);
  });
});
