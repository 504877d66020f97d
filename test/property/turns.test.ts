// Many exchanges that cost much at once, and others beside them: no turn of the event loop takes on more than its share, and
// nobody waits for all of them. Asserted in units of work and in turns, never in time.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { limits } from '../../src/base/limits.ts';
import { runInTurns, turn } from '../../src/base/turn.ts';
import { closePlan, loadPlan } from '../../src/plan/compile.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { Inspection, type InspectionSummary } from '../../src/transaction/inspection.ts';

const dear = Buffer.from(`{"${'é'.repeat(1990)}":[${Array(6000).fill('""').join(',')}]}`);
const json = [{ name: 'content-type', value: 'application/json' }];
/** A batch, or a field as long as is kept of it, through every chain. */
const stepWorkMax = 4 * 1024 * 1024;

describe('exchanges that cost much', () => {
  let plan: Plan;
  before(async () => {
    plan = await loadPlan([join(import.meta.dirname, '../fuzz/work-rules.conf')]);
  });
  after(() => closePlan(plan));

  const headOf = (headers: typeof json) => ({
    method: 'POST',
    target: '/',
    protocol: 'HTTP/1.1',
    headers,
    remoteAddress: '',
    remotePort: 0,
  });

  async function exchange(body: Buffer, headers = json): Promise<InspectionSummary> {
    const inspection = new Inspection(plan, { requestId: 'r', limits });
    await runInTurns(inspection.requestHeadersInSteps(headOf(headers), body.length === 0));
    if (body.length > 0) {
      await runInTurns(inspection.bodyInSteps('request', body));
      await runInTurns(inspection.requestEndInSteps());
    }
    return inspection.close();
  }

  it('leave turns to others, and no turn takes long', async () => {
    let turns = 0;
    let most = 0;
    let isOver = false;
    const watch = (): void => {
      turns += 1;
      if (!isOver) setImmediate(watch);
    };
    setImmediate(watch);
    const measured = turn.next.bind(turn);
    turn.next = (spent) => {
      most = Math.max(most, turn.spent);
      return measured(spent);
    };
    const attackers = Array.from({ length: 12 }, () => exchange(dear));
    await new Promise((resolve) => setImmediate(resolve));
    const began = turns;
    const { verdict } = await exchange(Buffer.alloc(0), [{ name: 'accept', value: '*/*' }]);
    const waited = turns - began;
    const summaries = await Promise.all(attackers);
    isOver = true;
    turn.next = measured;
    assert.equal(verdict.kind, 'allow');
    assert.ok(waited <= 30, `a light exchange waited ${waited} turns of ${turns}`);
    assert.ok(turns > 100, `all of them took ${turns} turns`);
    assert.ok(most <= limits.turnWorkMax + stepWorkMax, `a turn took ${most} units of work`);
    for (const { problems } of summaries) assert.ok(problems.some(({ cause }) => cause === 'limit.work'));
  });
});
