import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { runAtOnce } from '../../src/base/turn.ts';
import { defaultFailurePolicy } from '../../src/decision/failure-mode.ts';
import { Judge } from '../../src/decision/judge.ts';
import { Inspector } from '../../src/inspect/inspector.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { fieldKind } from '../../src/plan/field-kind.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { PhaseRunner } from '../../src/transaction/phase-runner.ts';
import { planOf } from '../support/exchange.ts';
import { ruleStateOf } from '../support/rule-state.ts';

describe('PhaseRunner', () => {
  let plan: Plan;
  beforeAll(async () => {
    plan = await planOf(`SecRuleEngine On
      SecRule REQUEST_HEADERS:x-mode "@streq spare" "id:1,phase:1,allow:request"
      SecRule REQUEST_BODY "@rx bad" "id:2,phase:2,deny"
      SecRule RESPONSE_BODY "@rx leak" "id:3,phase:4,deny"
      SecRule REQUEST_BODY "@rx odd" "id:4,phase:4,deny"`);
  });
  afterAll(() => closePlan(plan));

  function open() {
    const [request, response] = [0, 2 ** 48].map(
      (firstOrder) => new Inspector({ plan, limits, firstOrder, onFact: () => {} }),
    ) as [Inspector, Inspector];
    const state = ruleStateOf(plan, request);
    state.exchange.hasRequestBody = true;
    const judge = new Judge(defaultFailurePolicy, () => {});
    return { phases: new PhaseRunner({ plan, state, judge, request, response }), request, response, judge };
  }

  function write(inspector: Inspector, kind: 'REQUEST_BODY' | 'RESPONSE_BODY', text: string): void {
    inspector.writeRaw(kind, Buffer.from(text));
    inspector.endRaw();
    inspector.flush();
  }

  it('shows rules of the request only the request, and those of the response both', () => {
    const { phases, request, response, judge } = open();
    write(response, 'RESPONSE_BODY', 'leak');
    runAtOnce(phases.run(2));
    expect(judge.verdict.kind).toBe('allow');
    write(request, 'REQUEST_BODY', 'odd');
    runAtOnce(phases.run(4));
    expect(judge.verdict).toMatchObject({ kind: 'block', ruleId: 3, phase: 4 });
    expect(phases.canStopIn(4)).toBe(false);
  });

  it('tries a phase on a copy', () => {
    const { phases, request, judge } = open();
    write(request, 'REQUEST_BODY', 'bad');
    expect(runAtOnce(phases.try(2, request))).toBe('disrupted');
    expect([judge.verdict.kind, phases.state.matches.length, phases.canStopIn(2)]).toStrictEqual(['allow', 0, true]);
    runAtOnce(phases.evaluate(2, 'early'));
    expect(judge.verdict).toMatchObject({ kind: 'block', ruleId: 2 });
  });

  it('runs no phase that a rule allowed', () => {
    const { phases, request, judge } = open();
    request.addText(fieldKind('REQUEST_HEADERS'), 'x-mode', 'spare');
    write(request, 'REQUEST_BODY', 'bad');
    runAtOnce(phases.run(1));
    runAtOnce(phases.run(2));
    expect([judge.verdict.kind, phases.canStopIn(2), phases.canStopIn(4)]).toStrictEqual(['allow', false, true]);
  });

  it('lets the policy decide about what could not be inspected', () => {
    const { phases, request, judge } = open();
    expect(phases.blocks('parse', 2)).toBe(true);
    request.problems.add('parse', 'broken');
    phases.considerProblems(request, 2, phases.state);
    expect(judge.verdict).toMatchObject({ kind: 'block', cause: 'parse' });
  });
});
