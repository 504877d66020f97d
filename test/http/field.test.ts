import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { ExchangeFacts } from '../../src/evaluate/exchange-facts.ts';
import { RuleState } from '../../src/evaluate/rule-state.ts';
import { variableText } from '../../src/evaluate/variables.ts';
import { bodyFacts } from '../../src/http/field.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { planOf } from '../support/exchange.ts';
import { inspectorOf } from '../support/inspector.ts';

describe('bodyFacts', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await planOf(bodyFacts.map((name, at) => `SecRule ${name} "@rx x" "id:${at + 1},phase:2,pass"`).join('\n'));
  });
  afterAll(() => closePlan(plan));

  for (const name of bodyFacts) {
    it(`has ${name}, which rules can name, and read once it is set`, () => {
      expect(plan.diagnostics.problems).toStrictEqual([]);
      const exchange = new ExchangeFacts({ plan, limits, requestId: 'r' });
      exchange.facts.set(name, 'found');
      expect(variableText(name, undefined, new RuleState(exchange, inspectorOf(plan)))).toBe('found');
    });
  }
});
