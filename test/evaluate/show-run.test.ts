import { describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import type { WatchedRun } from '../../src/evaluate/rule-watch.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { Inspection } from '../../src/transaction/inspection.ts';
import { planOf } from '../support/exchange.ts';

describe('showRun', () => {
  it('shows only the observed rule, and changes no verdict', async () => {
    const plan = await planOf(`SecRule ARGS:a "@streq 1" "id:1,phase:1,pass,log"
      SecRule ARGS:b "@streq 1" "id:2,phase:1,pass,log"
      SecRule ARGS:c "@streq 1" "id:3,phase:1,deny,log"`);
    const runs: (readonly [number, WatchedRun['outcome'], number])[] = [];
    const watch = {
      ruleId: 2,
      onRun: ({ rule, outcome, missed }: WatchedRun) => runs.push([rule.id, outcome, missed?.targets.length ?? 0]),
    };
    const observer = { onField: () => undefined, onFact: () => undefined, onMatch: () => undefined, watch };
    try {
      for (const target of ['/?b=1', '/?b=2', '/']) {
        const inspection = new Inspection(plan, { requestId: 'x', limits, observer });
        const head = { method: 'GET', target, protocol: 'HTTP/1.1', headers: [], remoteAddress: '', remotePort: 0 };
        expect(inspection.side('request').head(head, true).kind).toBe('allow');
        inspection.close();
      }
    } finally {
      closePlan(plan);
    }
    expect(runs).toStrictEqual([
      [2, 'match', 0],
      [2, 'no-match', 1],
      [2, 'no-match', 1],
    ]);
  });
});
