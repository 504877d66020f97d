import { describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { dueTimesOf, stalled } from '../../src/transaction/due-times.ts';
import { Half } from '../../src/transaction/half.ts';
import { Inspection } from '../../src/transaction/inspection.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { noWait, plan } from '../support/transaction.ts';

/** A request whose body has begun, with its inspection. */
function opened() {
  const half = new Half<string>('request', noWait, limits);
  const headers = [{ name: 'content-type', value: 'text/plain' }];
  half.begin(headers, 'head', { holdMs: 10, flow: 'after-hold' });
  const inspection = new Inspection(plan, { requestId: 'test', limits });
  const head = { method: 'POST', target: '/', protocol: 'HTTP/1.1', remoteAddress: '192.0.2.1', remotePort: 1 };
  inspection.requestHeaders({ ...head, headers }, false);
  return { half, inspection };
}

describe('dueTimesOf', () => {
  it('has nothing due before a body, after its end, and where nothing is inspected', () => {
    const { half, inspection } = opened();
    const never = { quietMs: Infinity, stalledMs: Infinity };
    expect(dueTimesOf(half, undefined, limits)).toStrictEqual(never);
    expect(dueTimesOf(new Half('request', noWait, limits), inspection, limits)).toStrictEqual(never);
    half.end();
    expect(dueTimesOf(half, inspection, limits)).toStrictEqual(never);
    inspection.close();
  });

  it('evaluates what a silent sender sent, once', (context) => {
    const clock = new FakeClock(context);
    const { half, inspection } = opened();
    inspection.requestBody(Buffer.from('abc'));
    half.push('chunk', 3);
    expect(dueTimesOf(half, inspection, limits).quietMs).toBe(clock.nowMs + limits.quietMsMax);
    inspection.evaluateNow('request');
    expect(dueTimesOf(half, inspection, limits).quietMs).toBe(Infinity);
    inspection.close();
  });

  it('expects nothing more of what is held past its time', (context) => {
    const clock = new FakeClock(context);
    const { half, inspection } = opened();
    expect(dueTimesOf(half, inspection, limits).stalledMs, 'its time is not over').toBe(Infinity);
    half.queue.flow();
    expect(dueTimesOf(half, inspection, limits).stalledMs).toBe(clock.nowMs + limits.exchangeIdleMsMax);
    inspection.close();
  });
});

describe('stalled', () => {
  it('says what waits, and for how long it has', () => {
    const { half, inspection } = opened();
    half.push('chunk', 3);
    const { code, message } = stalled(half, inspection, limits);
    expect(code).toBe('deadline.exceeded');
    expect(message).toMatch(/3 bytes of the request body .* 60000 ms/);
    inspection.close();
  });
});
