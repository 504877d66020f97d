import { describe, expect, it } from 'vitest';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { PhasePlan } from '../../src/plan/plan.ts';
import { idsOf, planOf, runExchange } from '../support/exchange.ts';

/** Ids of the rules that are left to run, by phase; 0 for assignments of constant-folded rules. */
const stepIds = ({ steps }: PhasePlan): number[] => steps.map((step) => (step.kind === 'rule' ? step.id : 0));

async function leftIds(rules: string): Promise<number[][]> {
  const plan = await planOf(rules);
  closePlan(plan);
  return plan.phases.slice(1).map(stepIds);
}

const set = (id: number, assignment: string, phase = 1): string =>
  `SecAction "id:${id},phase:${phase},pass,nolog,setvar:${assignment}"\n`;
const attack = (id: number, phase = 1): string => `SecRule ARGS "@contains x" "id:${id},phase:${phase},pass,log"\n`;

describe('foldPhases', () => {
  it('folds defaults and drops skipped groups', async () => {
    const rules = `${set(1, 'tx.level=1')}
      SecRule &TX:threshold "@eq 0" "id:2,phase:1,pass,nolog,setvar:tx.threshold=%{tx.level}5"
      SecRule TX:LEVEL "@lt 2" "id:3,phase:1,pass,nolog,skipAfter:END"
      ${attack(4)}
      SecMarker END
      ${attack(5)}`;
    const plan = await planOf(rules);
    closePlan(plan);
    expect([...plan.initialTx]).toStrictEqual([
      ['level', '1'],
      ['threshold', '15'],
    ]);
    expect(stepIds(plan.phases[1] as PhasePlan)).toStrictEqual([5]);
    expect(plan.diagnostics.loadedCount).toBe(5);
    expect(plan.diagnostics.foldedCount).toBe(4);
  });

  it('carries known values into later phases', async () => {
    const [, second] = await leftIds(
      `${set(1, 'tx.level=1')}
       SecRule TX:level "@lt 2" "id:2,phase:2,pass,nolog,skipAfter:END"
       ${attack(3, 2)}
       SecMarker END
       ${attack(4, 2)}`,
    );
    expect(second).toStrictEqual([4]);
  });

  it('does not trust a variable that a request can change', async () => {
    const [, second] = await leftIds(
      `${set(1, 'tx.level=1')}
       SecRule ARGS:debug "@streq 1" "id:2,phase:1,pass,nolog,setvar:tx.level=4"
       SecRule TX:level "@lt 2" "id:3,phase:2,pass,nolog,skipAfter:END"
       ${attack(4, 2)}
       SecMarker END`,
    );
    expect(second).toStrictEqual([3, 4]);
  });

  it('does not trust names that are built from what a client sends', async () => {
    const [, second] = await leftIds(
      `SecRule ARGS_NAMES "@rx ." "id:1,phase:1,pass,nolog,setvar:tx.%{MATCHED_VAR}=1"
       SecRule TX:level "@lt 2" "id:2,phase:2,pass,nolog,skipAfter:END"
       ${attack(3, 2)}
       SecMarker END`,
    );
    expect(second).toStrictEqual([2, 3]);
  });

  it('keeps assignments in their place after a jump that may happen', async () => {
    const rules = `SecRule ARGS:skip "@streq 1" "id:1,phase:1,pass,nolog,skipAfter:END"
      ${set(2, 'tx.a=1')}
      SecMarker END
      SecRule TX:a "@eq 1" "id:3,phase:1,pass,log"`;
    expect(await leftIds(rules).then(([first]) => first)).toStrictEqual([1, 0, 3]);
    const plan = await planOf(rules);
    expect(idsOf(runExchange(plan, { target: '/?skip=1' }))).toStrictEqual([]);
    expect(idsOf(runExchange(plan, { target: '/?skip=2' }))).toStrictEqual([3]);
    closePlan(plan);
  });

  it('keeps rules that log or disrupt', async () => {
    const [first] = await leftIds(
      `SecAction "id:1,phase:1,pass,log,setvar:tx.a=1"
       SecAction "id:2,phase:1,deny,nolog"`,
    );
    expect(first).toStrictEqual([1, 2]);
  });

  it('keeps a skip that a removal at run time could cancel', async () => {
    const rules = (removed: string) => `${set(1, 'tx.level=1')}
      SecRule ARGS:all "@streq 1" "id:2,phase:1,pass,nolog,ctl:ruleRemoveById=${removed}"
      SecRule TX:level "@lt 2" "id:3,phase:2,pass,nolog,skipAfter:END"
      ${attack(4, 2)}
      SecMarker END`;
    expect((await leftIds(rules('3')))[1], 'the skip alone is removed').toStrictEqual([3, 4]);
    expect((await leftIds(rules('3-4')))[1], 'what it skips is removed with it').toStrictEqual([]);
  });

  it('voids assignments of a rule that was removed at run time', async () => {
    const plan = await planOf(
      `SecRule ARGS:off "@streq 1" "id:1,phase:1,pass,nolog,ctl:ruleRemoveById=2-3"
       ${set(2, 'tx.a=1')}
       SecRule TX:a "@eq 1" "id:3,phase:1,pass,log"
       SecRule TX:/^a$/ "@eq 1" "id:4,phase:1,pass,log"`,
    );
    expect(idsOf(runExchange(plan, { target: '/?off=1' }))).toStrictEqual([]);
    expect(idsOf(runExchange(plan, { target: '/' }))).toStrictEqual([3, 4]);
    closePlan(plan);
  });

  it('adds up numbers as the evaluator would', async () => {
    const plan = await planOf(`${set(1, 'tx.a=2')}${set(2, 'tx.a=+3')}${set(3, 'tx.a=-1')}${set(4, '!tx.b')}`);
    closePlan(plan);
    expect([...plan.initialTx]).toStrictEqual([['a', 4]]);
  });

  it('does not carry on what a phase skipped by allow would have set', async () => {
    const phases = await leftIds(
      `SecRule ARGS:ok "@streq 1" "id:1,phase:1,allow:request,nolog"
       ${set(2, 'tx.seen=1', 2)}
       SecRule TX:seen "@eq 1" "id:3,phase:3,pass,log"
       SecRule &TX:seen "@eq 0" "id:4,phase:3,pass,log"`,
    );
    expect(phases[2]).toStrictEqual([3, 4]);
  });
});
