import { describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { deadlinesOf, stalled } from '../../src/transaction/deadlines.ts';
import { HeldSide } from '../../src/transaction/held-side.ts';
import { Inspection } from '../../src/transaction/inspection.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { noWait, plan } from '../support/transaction.ts';

/** A request whose body has begun, with its inspection. */
function opened() {
  const side = new HeldSide('request', noWait, limits);
  const headers = [{ name: 'content-type', value: 'text/plain' }];
  side.begin(headers, { holdMs: 10, flow: 'after-hold' });
  const inspection = new Inspection(plan, { requestId: 'test', limits });
  const head = { method: 'POST', target: '/', protocol: 'HTTP/1.1', remoteAddress: '192.0.2.1', remotePort: 1 };
  inspection.side('request').head({ ...head, headers }, false);
  return { side, inspection };
}

describe('deadlinesOf', () => {
  it('has no deadline before a body, after its end, or if nothing is inspected', () => {
    const { side, inspection } = opened();
    const never = { quietMs: Infinity, stalledMs: Infinity };
    expect(deadlinesOf(side, undefined, limits)).toStrictEqual(never);
    expect(deadlinesOf(new HeldSide('request', noWait, limits), inspection, limits)).toStrictEqual(never);
    side.end();
    expect(deadlinesOf(side, inspection, limits)).toStrictEqual(never);
    inspection.close();
  });

  it('evaluates what a silent sender sent, once', (context) => {
    const clock = new FakeClock(context);
    const { side, inspection } = opened();
    inspection.side('request').chunk(Buffer.from('abc'));
    side.push(3);
    expect(deadlinesOf(side, inspection, limits).quietMs).toBe(clock.nowMs + limits.quietMsMax);
    inspection.side('request').evaluateNow();
    expect(deadlinesOf(side, inspection, limits).quietMs).toBe(Infinity);
    inspection.close();
  });

  it('has no deadline for what is held past its time', (context) => {
    const clock = new FakeClock(context);
    const { side, inspection } = opened();
    expect(deadlinesOf(side, inspection, limits).stalledMs, 'its time is not over').toBe(Infinity);
    side.queue.flow();
    expect(deadlinesOf(side, inspection, limits).stalledMs).toBe(clock.nowMs + limits.exchangeIdleMsMax);
    inspection.close();
  });
});

describe('stalled', () => {
  it('reports what waits, and for how long', () => {
    const { side, inspection } = opened();
    side.push(3);
    const { code, message } = stalled(side, inspection, limits);
    expect(code).toBe('deadline.exceeded');
    expect(message).toMatch(/3 bytes of the request body .* 60000 ms/);
    inspection.close();
  });
});
