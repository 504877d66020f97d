import { describe, expect, it } from 'vitest';
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
    expect(half.isBodyComplete).toBe(false);
    half.push('b', 1);
    expect(half.isBodyComplete).toBe(true);
  });

  it('says when the oldest held message is due', (context) => {
    const clock = new FakeClock(context);
    const half = new Half<string>('request', noWait, limits);
    expect(half.holdDueMs).toBe(undefined);
    half.begin([], 'head', { holdMs: 1000, flow: 'after-hold' });
    const due = clock.nowMs + 1000;
    clock.advance(10);
    half.push('a', 1);
    expect(half.holdDueMs).toBe(due);
  });

  it('lets the head go with the first of the body when the pace says so', () => {
    const half = new Half<string>('response', noWait, limits);
    half.begin([], 'head', { holdMs: 100, flow: 'with-body' });
    expect(half.queue.release(0)).toStrictEqual([]);
    half.push('a', 3);
    expect(half.queue.release(3)).toStrictEqual(['head', 'a']);
  });

  it('reports once, at its end', () => {
    const half = new Half<string>('request', noWait, limits);
    half.begin([], 'head', { holdMs: 0, flow: 'at-once' });
    expect(half.reportsNow()).toBe(false);
    half.end();
    expect([half.reportsNow(), half.reportsNow()]).toStrictEqual([true, false]);
  });

  it('is answered when it has ended and nothing of it is held', () => {
    const half = new Half<string>('request', noWait, limits);
    half.begin([], 'head', { holdMs: 5, flow: 'after-hold' });
    half.end();
    expect(half.isAnswered).toBe(false);
    half.queue.release(0);
    expect(half.isAnswered).toBe(true);
  });
});
