import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limitsWith } from '../../src/base/limits.ts';
import { RuleRun } from '../../src/evaluate/rule-run.ts';
import { Inspector } from '../../src/inspect/inspector.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { CompiledRule, Plan } from '../../src/plan/plan.ts';
import { planOf, rulesIn } from '../support/exchange.ts';
import { ruleStateOf } from '../support/rule-state.ts';

const limits = limitsWith({ turnWorkMax: 1 });

describe('RuleRun', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await planOf(`
      SecRule ARGS "@rx evil" "id:1,phase:2,pass,log,capture,setvar:tx.n=+1,chain"
      SecRule TX:n "@ge 1" "setvar:tx.last=+1"
      SecRule ARGS "@rx good" "id:2,phase:2,pass,log"`);
  });
  afterAll(() => closePlan(plan));

  function run(ruleId: number, matches: number) {
    const inspector = new Inspector({ plan, limits, onFact: () => {} });
    for (let n = 0; n < matches; n += 1) {
      inspector.begin('ARGS_POST', `a${n}`);
      inspector.write(Buffer.from('evil'));
      inspector.end();
    }
    inspector.flush();
    const state = ruleStateOf(plan, inspector, { limits });
    const rule = rulesIn(plan, 2).find(({ id }) => id === ruleId) as CompiledRule;
    return { run: new RuleRun(rule, state), state };
  }

  it('pauses between matches once the turn is over, and misses none', () => {
    const { run: rule, state } = run(1, 100);
    let pauses = 0;
    let outcome = rule.advance();
    for (; outcome === 'paused'; outcome = rule.advance()) pauses += 1;
    expect(outcome).toBe('match');
    expect(pauses, 'one look every 16 matches').toBe(6);
    expect([state.tx.get('n'), state.tx.get('last')]).toStrictEqual(['100', '1']);
    expect(rule.match.name).toBe('TX:n');
  });

  it('reports when a rule does not match', () => {
    expect(run(2, 3).run.advance()).toBe('no-match');
  });

  it('counts the cost of matches', () => {
    const few = run(1, 1);
    const many = run(1, 50);
    const spent = ({ run: rule, state }: typeof few): number => {
      const before = state.work.spent;
      while (rule.advance() === 'paused');
      return state.work.spent - before;
    };
    expect(spent(many)).toBeGreaterThan(20 * spent(few));
  });
});
