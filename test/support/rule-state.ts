// The rule state of an exchange over a plan, for code that runs without an inspection.

import { limits } from '../../src/base/limits.ts';
import { ExchangeFacts, type ExchangeFactsOptions } from '../../src/evaluate/exchange-facts.ts';
import { RuleState } from '../../src/evaluate/rule-state.ts';
import type { Found } from '../../src/inspect/both-sides.ts';
import { Inspector } from '../../src/inspect/inspector.ts';
import type { Plan } from '../../src/plan/plan.ts';

/** The initial state. @param found what rules see; absent: nothing. */
export function ruleStateOf(plan: Plan, found?: Found, options: Partial<ExchangeFactsOptions> = {}): RuleState {
  const exchange = new ExchangeFacts({ plan, limits, requestId: 'r', ...options });
  return new RuleState(exchange, found ?? new Inspector({ plan, limits: exchange.limits, onFact: () => {} }));
}
