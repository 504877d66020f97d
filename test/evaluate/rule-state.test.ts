import { describe, expect, it } from 'vitest';
import { Collection } from '../../src/evaluate/collection.ts';
import { FieldMatch } from '../../src/evaluate/field-match.ts';
import type { RuleMatch } from '../../src/evaluate/rule-match.ts';
import type { RuleState } from '../../src/evaluate/rule-state.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { CompiledRule, Target } from '../../src/plan/plan.ts';
import { planOf, rulesIn } from '../support/exchange.ts';
import { ruleStateOf } from '../support/rule-state.ts';

const plan = await planOf(`SecAction "id:1,phase:1,pass,nolog,setvar:tx.a=1"
  SecRule ARGS "@rx evil" "id:2,phase:2,deny,log"`);
closePlan(plan);

const [rule] = rulesIn(plan, 2) as [CompiledRule];
const target = rule.links[0].targets[0] as Target;
const matchOf = (key: string): FieldMatch => new FieldMatch({ target, key, text: 'evil', transformations: [] });
const environment = new Collection({ namesMax: 9, bytesMax: 99 });

/** Everything that rules change, each in two ways. */
const changes: readonly ((state: RuleState, text: 'x' | 'y') => unknown)[] = [
  ({ tx }, text) => tx.set('b', text),
  ({ collections }, text) => (collections.get('ENV') ?? environment).set('n', text),
  ({ collections }, text) => collections.set(`IP${text}`, new Collection({ namesMax: 9, bytesMax: 99 })),
  ({ matches }, text) => matches.push({ ruleId: 2, message: text } as RuleMatch),
  (state) => (state.removedRules = [...state.removedRules, () => true]),
  (state) =>
    (state.removedTargets = [
      ...state.removedTargets,
      { rules: () => true, target: { variable: 'ARGS', selector: undefined } },
    ]),
  (state, text) => state.switchEngine(text === 'x' ? 'DetectionOnly' : 'Off'),
  (state, text) => (state.detected = { rule, status: text === 'x' ? 403 : 404 }),
  (state, text) => (state.allowances = [{ scope: 'exchange', from: text === 'x' ? 1 : 2 }]),
  (state, text) => (state.failureActions = new Map([['parse', text]])),
  ({ switches }, text) => switches.set('requestBodyAccess', text),
  (state) => (state.macroBytes += 1),
  (state, text) => (state.highestSeverity = text === 'x' ? 2 : 1),
  (state, text) => (state.lastMatch = matchOf(text)),
];

/** What rules can read of a state, apart from what is compared separately. */
function readableIn(state: RuleState): object {
  const { problems, memory, observer, watch, isClone, tx, collections, matches, switches, ...rest } = state;
  const valuesOf = [...collections].map(([name, values]) => [name, [...values.entries()]]);
  return { ...rest, tx: [...tx.entries()], valuesOf, matches: [...matches], switches: [...switches] };
}

describe('RuleState', () => {
  const open = (): RuleState => {
    const state = ruleStateOf(plan);
    state.collections.set('ENV', environment.copy());
    for (const change of changes) change(state, 'x');
    return state;
  };

  it('begins with the TX variables that rules set for every request', () => {
    expect([...ruleStateOf(plan).tx.entries()]).toStrictEqual([['a', '1']]);
  });

  it('clones everything that rules have changed, and shares the facts', () => {
    const state = open();
    const clone = state.clone();
    expect(readableIn(clone)).toStrictEqual(readableIn(state));
    expect(clone.exchange).toBe(state.exchange);
    expect([state.isClone, clone.isClone]).toStrictEqual([false, true]);
  });

  for (const change of changes) {
    it(`does not show changes to a clone: ${String(change).replaceAll(/\s+/g, ' ')}`, () => {
      const state = open();
      const before = readableIn(state);
      const clone = state.clone();
      change(clone, 'y');
      expect(readableIn(state)).toStrictEqual(before);
      expect(readableIn(clone)).not.toStrictEqual(before);
    });
  }

  it('separates what a clone could not see, and its memory', () => {
    const state = open();
    const clone = state.clone();
    clone.problems.add('limit.matched', 'too much');
    clone.memory.remember(4096);
    expect([state.problems.all.length, clone.problems.all.length]).toStrictEqual([0, 1]);
    expect(clone.memory.bytes - state.memory.bytes).toBeGreaterThanOrEqual(4096);
    const { problems } = clone;
    clone.see(ruleStateOf(plan));
    expect(clone.problems).toBe(problems);
    clone.memory.close();
  });

  it('hides a clone’s actions from observers', () => {
    const told: unknown[] = [];
    const state = ruleStateOf(plan);
    Object.assign(state, { observer: (match: unknown) => told.push(match), watch: { ruleId: 2 } });
    expect([state.clone().observer, state.clone().watch]).toStrictEqual([undefined, undefined]);
    expect(told).toStrictEqual([]);
  });

  it('is never stopped in DetectionOnly', () => {
    const state = ruleStateOf(plan, undefined, { isObserved: true });
    expect(state.engine).toBe('DetectionOnly');
    state.switchEngine('On');
    expect(state.engine).toBe('DetectionOnly');
  });
});
