// That repeated phases give the same result is tested with random rules (`test/property/repeated-phases.test.ts`); here, that
// rules are not run when the result cannot be new.

import { describe, expect, it } from 'vitest';
import { limitsWith } from '../../../src/base/limits.ts';
import { closePlan } from '../../../src/plan/close-plan.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import { type ExchangeCase, idsOf, planOf, runExchange } from '../../support/exchange.ts';

const rules = `SecRuleEngine On
SecRule REQUEST_METHOD "!@within %{tx.allowed}" "id:1,phase:1,pass,nolog,setvar:tx.score=+1"
SecRule REQUEST_HEADERS_NAMES "@rx ^.*$" "id:2,phase:1,pass,nolog,capture,chain,setvar:tx.name_%{tx.0}=%{tx.0}"
  SecRule TX:/^name_/ "@within /x-b/" "setvar:tx.score=+5"
SecRule REMOTE_ADDR "@ipMatch 198.51.100.0/24" "id:3,phase:1,pass,nolog,setvar:tx.score=+1"
SecRule ARGS "@rx evil" "id:4,phase:2,pass,log,setvar:tx.score=+5"
SecRule TX:score "@ge 5" "id:5,phase:2,deny,log"
`;

/** A plan that counts how often a rule is taken from a phase to be run. */
function counting(plan: Plan): { readonly counted: Plan; readonly takeCount: () => number } {
  let count = 0;
  const phases = plan.phases.map((phase) => ({
    ...phase,
    steps: new Proxy(phase.steps, {
      get: (target, name) => {
        if (typeof name === 'string' && /^\d+$/.test(name) && target[Number(name)] !== undefined) count += 1;
        return Reflect.get(target, name);
      },
    }),
  }));
  const takeCount = (): number => {
    const taken = count;
    count = 0;
    return taken;
  };
  return { counted: { ...plan, phases }, takeCount };
}

describe('PhaseRepeat', () => {
  it('runs no rule on an exchange that is like an earlier one', async () => {
    const plan = await planOf(rules);
    const { counted, takeCount } = counting(plan);
    const limits = limitsWith({});
    const run = (exchange: ExchangeCase) => {
      const ids = idsOf(runExchange(counted, exchange, [], { limits }));
      return [ids, takeCount() > 0];
    };
    const cases: readonly (readonly [what: string, exchange: ExchangeCase, isRun: boolean, ids: readonly number[]])[] =
      [
        ['the first', { target: '/?a=1' }, true, []],
        ['other values, which no rule found anything in', { target: '/more?a=2&b=3' }, false, []],
        ['another header', { headers: { 'x-a': '1' } }, true, []],
        ['the same header with another value', { headers: { 'x-a': '2' } }, false, []],
        ['an attack', { target: '/?a=evil' }, true, [4, 5]],
        ['an attack once more, which is logged', { target: '/?a=evil' }, true, [4, 5]],
        ['as the first', { target: '/?a=1' }, false, []],
      ];
    for (const [what, exchange, isRun, ids] of cases) expect(run(exchange), what).toStrictEqual([ids, isRun]);
    closePlan(plan);
  });

  it('repeats a phase that captures the same of other values as long as they', async () => {
    const plan =
      await planOf(`${rules}SecRule REQUEST_BASENAME "@rx [.]([^.]+)$" "id:6,phase:1,pass,nolog,capture,setvar:tx.extension=.%{tx.1}/,chain"
      SecRule TX:extension "@within .bak/" "setvar:tx.score=+5"
    SecRule REQUEST_HEADERS_NAMES "@rx ^h" "id:7,phase:1,pass,nolog"
    `);
    const { counted, takeCount } = counting(plan);
    const limits = limitsWith({});
    const many = Array.from({ length: 5 }, (_, n) => `a${n}.html`).join('&');
    for (const [target, isRun, ids] of [
      ['/one.html', true, []],
      ['/two.html', false, []],
      ['/longer.html', true, []],
      ['/one.text', true, []],
      ['/two.text', false, []],
      ['/one.bak', true, [5]],
      ['/two.bak', true, [5]],
      [`/${'y'.repeat(200)}.html`, true, []],
      [`/${'y'.repeat(200)}.html`, true, []],
      [`/two.html?${many}`, false, []],
    ] as const) {
      const found = idsOf(runExchange(counted, { target }, [], { limits }));
      expect([target, takeCount() > 0, found]).toStrictEqual([target, isRun, ids]);
    }
    closePlan(plan);
  });

  it('locates groups of few values for a key', async () => {
    const plan = await planOf(
      'SecRule ARGS "@rx a(.)" "id:1,phase:1,pass,nolog,capture,setvar:tx.found=%{tx.1}"\nSecRule REQUEST_METHOD "@rx G" "id:2,phase:1,pass,nolog"',
    );
    const { counted, takeCount } = counting(plan);
    const limits = limitsWith({});
    const isRun = (count: number): boolean => {
      const target = `/?${Array.from({ length: count }, (_, n) => `x${n}=ab`).join('&')}`;
      runExchange(counted, { target }, [], { limits });
      return takeCount() > 0;
    };
    expect([4, 4, 5, 5].map(isRun)).toStrictEqual([true, false, true, true]);
    closePlan(plan);
  });

  it('keeps no more outcomes than are used often', async () => {
    const plan = await planOf(rules);
    const { counted, takeCount } = counting(plan);
    const limits = limitsWith({});
    const isRun = (name: string): boolean => {
      runExchange(counted, { headers: { [name]: '1' } }, [], { limits });
      return takeCount() > 0;
    };
    for (const name of Array.from({ length: 16 }, (_, n) => `x-${n}`)) isRun(name);
    for (let n = 0; n < 16; n += 1) isRun('x-15');
    for (const name of Array.from({ length: 100 }, (_, n) => `y-${n}`)) isRun(name);
    expect([isRun('x-15'), isRun('y-0'), isRun('y-99')]).toStrictEqual([false, true, true]);
    closePlan(plan);
  });

  it('keeps no outcome with more text than a browser sends', async () => {
    const plan = await planOf(rules);
    const { counted, takeCount } = counting(plan);
    const limits = limitsWith({});
    const names = Array.from({ length: 50 }, (_, n) => [`x-${n}-${'y'.repeat(60)}`, '1']);
    const areRun = [1, 2].map(() => {
      runExchange(counted, { headers: Object.fromEntries(names) }, [], { limits });
      return takeCount() > 0;
    });
    expect(areRun).toStrictEqual([true, true]);
    closePlan(plan);
  });

  it('repeats phases in DetectionOnly, and runs rules for observers', async () => {
    const plan = await planOf(rules.replace('Engine On', 'Engine DetectionOnly'));
    const { counted, takeCount } = counting(plan);
    const limits = limitsWith({});
    const observer = { onMatch: () => {}, onFact: () => {}, onField: () => {} };
    const areRun = [{}, {}, { observer }, {}].map((more) => {
      runExchange(counted, { target: '/?a=1' }, [], { limits, ...more });
      return takeCount() > 0;
    });
    expect(areRun).toStrictEqual([true, false, true, false]);
    closePlan(plan);
  });
});
