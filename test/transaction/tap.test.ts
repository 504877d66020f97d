// What a tap receives, and that the inspection is the same with it.

import { describe, expect, it } from 'vitest';
import { limitsWith } from '../../src/base/limits.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { ExchangeTap } from '../../src/profile/shadow.ts';
import { Inspection } from '../../src/transaction/inspection.ts';
import { planOf } from '../support/exchange.ts';
import { headOf } from '../support/shadow.ts';

const rules =
  'SecRuleEngine On\nSecRequestBodyAccess On\nSecResponseBodyAccess On\nSecResponseBodyMimeType text/plain\n';
const rule = (id: number, variable: string): string =>
  `SecRule ${variable} "@contains bad" "id:${id},phase:${id},deny"\n`;

/** Everything that happens to an exchange. */
function play(inspection: Inspection, body: string, response: string): void {
  const plain = [{ name: 'content-type', value: 'text/plain' }];
  inspection.side('request').head(headOf('POST', '/'), false);
  inspection.side('request').chunk(Buffer.from(body));
  inspection.side('request').end([]);
  inspection.side('response').head({ status: 200, protocol: 'HTTP/1.1', headers: plain }, response === '');
  if (response !== '') inspection.side('response').chunk(Buffer.from(response));
  inspection.side('response').end();
}

describe('an inspection with a tap', () => {
  for (const [body, response] of [
    ['x', 'y'],
    ['x', ''],
    ['bad', 'y'],
    ['x', 'bad'],
  ] as const) {
    it(`reports all of ${body} and ${response}, and gives the same result`, async () => {
      const plan = await planOf(`${rules}${rule(2, 'REQUEST_BODY')}${rule(4, 'RESPONSE_BODY')}`);
      const told: string[] = [];
      const tap: ExchangeTap = {
        requestHead: ({ method }, isEnd) => told.push(`${method} ${isEnd}`),
        responseHead: ({ status }, isEnd) => told.push(`${status} ${isEnd}`),
        chunk: (direction, chunk) => told.push(`${direction} ${Buffer.from(chunk)}`),
        end: (direction) => told.push(`end of ${direction}`),
        close: ({ verdict }) => told.push(verdict.kind),
      };
      const options = { requestId: 'r', limits: limitsWith({}) };
      const plain = new Inspection(plan, options);
      const tapped = new Inspection(plan, { ...options, tap });
      for (const one of [plain, tapped]) play(one, body, response);
      const summary = tapped.close();
      expect(summary).toStrictEqual(plain.close());
      expect(tapped.close()).toBe(summary);
      expect(told).toStrictEqual([
        'POST false',
        `request ${body}`,
        'end of request',
        `200 ${response === ''}`,
        ...(response === '' ? [] : [`response ${response}`]),
        'end of response',
        summary.verdict.kind,
      ]);
      closePlan(plan);
    });
  }
});
