import { describe, expect, it } from 'vitest';
import { closePlan } from '../../src/plan/close-plan.ts';
import { rulesOfPhase } from '../../src/plan/phase-step.ts';
import type { PhasePlan } from '../../src/plan/plan.ts';
import { planOf } from '../support/exchange.ts';

describe('rulesOfPhase', () => {
  it('leaves out assignments that replace folded rules', async () => {
    const plan = await planOf(`SecRule ARGS "@rx a" "id:1,phase:2,pass"
      SecAction "id:2,phase:2,pass,nolog,setvar:tx.a=1,setvar:!tx.b"
      SecAction "id:3,phase:2,pass,nolog,setvar:tx.c=1"
      SecRule ARGS "@rx b" "id:4,phase:2,pass"`);
    closePlan(plan);
    const phase = plan.phases[2] as PhasePlan;
    expect(phase.steps.map(({ kind }) => kind)).toStrictEqual(['rule', 'assignment', 'rule']);
    expect(rulesOfPhase(phase).map(({ id, index }) => [id, index])).toStrictEqual([
      [1, 0],
      [4, 2],
    ]);
    expect(phase.steps[1]).toStrictEqual({
      kind: 'assignment',
      presets: [
        {
          rule: { id: 2, tags: [], messageText: '' },
          assignments: [
            ['a', '1'],
            ['b', undefined],
          ],
        },
        { rule: { id: 3, tags: [], messageText: '' }, assignments: [['c', '1']] },
      ],
      initialTx: undefined,
    });
  });
});
