import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limitsWith } from '../../src/base/limits.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { Inspection } from '../../src/transaction/inspection.ts';
import { planOf } from '../support/exchange.ts';

const text = [{ name: 'content-type', value: 'text/plain' }];
const head = { method: 'POST', target: '/', protocol: 'HTTP/1.1', headers: text, remoteAddress: '::1', remotePort: 1 };
const evaluationStrideBytes = 1024;
const limits = limitsWith({ evaluationStrideBytes });

describe('Side', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await planOf(`SecRuleEngine On
      SecRequestBodyAccess On
      SecResponseBodyAccess On
      SecResponseBodyMimeType text/plain
      SecRule REQUEST_BODY "@rx bad" "id:2,phase:2,deny"
      SecRule REQUEST_BODY "@rx last$" "id:3,phase:2,deny"
      SecRule REQUEST_HEADERS:x-trailer "@rx bad" "id:4,phase:2,deny"
      SecRule RESPONSE_BODY "@rx leak" "id:5,phase:4,deny"`);
  });
  afterAll(() => closePlan(plan));

  const open = () => new Inspection(plan, { requestId: 'r', limits });

  it('is the same object all along, one for each direction', () => {
    const inspection = open();
    expect(inspection.side('request')).toBe(inspection.side('request'));
    expect(inspection.side('response')).not.toBe(inspection.side('request'));
    inspection.close();
  });

  it('evaluates at strides and at its end, and reports the offset', () => {
    const inspection = open();
    const side = inspection.side('request');
    expect([side.hasBegun, side.head(head, false).kind, side.hasBegun]).toStrictEqual([false, 'allow', true]);
    side.chunk(Buffer.alloc(evaluationStrideBytes - 1, 'x'));
    expect([side.bytes, side.evaluatedBytes]).toStrictEqual([evaluationStrideBytes - 1, 0]);
    side.chunk(Buffer.from('xx'));
    // The last byte of the stride may be part of a match of `last$`, if the body ended there.
    expect(side.evaluatedBytes).toBeLessThanOrEqual(evaluationStrideBytes);
    expect(side.end().kind).toBe('allow');
    expect([side.bytes, side.evaluatedBytes]).toStrictEqual([evaluationStrideBytes + 1, evaluationStrideBytes + 1]);
    inspection.close();
  });

  for (const [what, chunk, trailers, ruleId] of [
    ['a chunk', 'bad', [], 2],
    ['the end', 'at last', [], 3],
    ['a trailer', 'fine', [{ name: 'x-trailer', value: 'bad' }], 4],
  ] as const) {
    it(`repeats the verdict on ${what} in both directions`, () => {
      const inspection = open();
      const side = inspection.side('request');
      side.head(head, false);
      side.chunk(Buffer.from(chunk));
      const verdict = side.end(trailers);
      expect(verdict).toMatchObject({ kind: 'block', ruleId });
      expect(side.end()).toBe(verdict);
      expect(inspection.side('response').chunk(Buffer.from('leak'))).toBe(verdict);
      inspection.close();
    });
  }

  it('tries open values as if they ended, and holds what would then match', () => {
    const inspection = open();
    const side = inspection.side('request');
    side.head(head, false);
    side.chunk(Buffer.from('at last'));
    expect(side.evaluateNow().kind).toBe('allow');
    expect([side.evaluatedBytes, side.consideredBytes]).toStrictEqual([0, 7]);
    side.chunk(Buffer.from(' it ends'));
    expect(side.evaluateNow().kind).toBe('allow');
    expect(side.evaluatedBytes).toBe(15);
    inspection.close();
  });
});
