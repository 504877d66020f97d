import { describe, expect, it } from 'vitest';
import { closePlan } from '../../src/plan/close-plan.ts';
import { idsOf, planOf, runExchange } from '../support/exchange.ts';

const rule = (id: number, actions = 'log'): string => `SecRule ARGS:a "@streq x" "id:${id},phase:1,pass,${actions}"\n`;

async function idsAfter(rules: string, target = '/?a=x'): Promise<number[]> {
  const plan = await planOf(rules);
  try {
    return idsOf(runExchange(plan, { target }));
  } finally {
    closePlan(plan);
  }
}

describe('assemblePhases', () => {
  it('skips to a marker behind the rule, not to one before it', async () => {
    const rules = `SecMarker M\n${rule(1, 'log,skipAfter:M')}${rule(2)}SecMarker M\n${rule(3)}`;
    expect(await idsAfter(rules)).toStrictEqual([1, 3]);
  });

  it('accepts a rule id as a marker', async () => {
    expect(await idsAfter(`${rule(1, 'log,skipAfter:3')}${rule(2)}${rule(3)}${rule(4)}`)).toStrictEqual([1, 4]);
  });

  it('skips the rest of the phase if there is no such marker', async () => {
    expect(await idsAfter(`${rule(1, 'log,skipAfter:NONE')}${rule(2)}`)).toStrictEqual([1]);
  });

  it('skips a number of rules', async () => {
    expect(await idsAfter(`${rule(1, 'log,skip:2')}${rule(2)}${rule(3)}${rule(4)}`)).toStrictEqual([1, 4]);
  });

  it('skips within its own phase only', async () => {
    const second = 'SecRule ARGS:a "@streq x" "id:2,phase:2,pass,log"\n';
    expect(await idsAfter(`${rule(1, 'log,skipAfter:END')}${second}${rule(3)}SecMarker END\n`)).toStrictEqual([1, 2]);
  });

  it('keeps jumps correct when rules before and after their target are folded', async () => {
    const settled = (id: number): string => `SecAction "id:${id},phase:1,pass,nolog,setvar:tx.n${id}=1"\n`;
    const rules = `${settled(1)}${rule(2, 'log,skipAfter:M')}${settled(3)}${rule(4)}SecMarker M\n${settled(5)}${rule(6)}
      SecRule &TX:n3 "@eq 1" "id:7,phase:1,pass,log"`;
    expect(await idsAfter(rules)).toStrictEqual([2, 6]);
    expect(await idsAfter(rules, '/?a=y')).toStrictEqual([7]);
  });

  it('keeps jumps correct after rules that are left out', async () => {
    const never = (id: number): string => `SecRule TX:level "@lt 1" "id:${id},phase:1,pass,nolog"\n`;
    const gone = [11, 12, 13, 14].map(never).join('');
    const rules = `SecAction "id:10,phase:1,pass,nolog,setvar:tx.level=1"\n${gone}${rule(1, 'log,skipAfter:M')}${rule(2)}
      SecMarker M\n${rule(3)}${rule(4)}`;
    expect(await idsAfter(rules)).toStrictEqual([1, 3, 4]);
  });

  describe('folded assignments after rules that run', () => {
    const settled = (id: number, actions: string): string => `SecAction "id:${id},phase:1,pass,nolog,${actions}"\n`;
    const asks = (id: number, test: string): string => `SecRule TX:${test}" "id:${id},phase:1,pass,log"\n`;
    const cases: readonly (readonly [what: string, rules: string, ids: readonly number[]])[] = [
      ['are there', `${rule(1)}${settled(2, 'setvar:tx.n=5')}${asks(3, 'n "@eq 5')}`, [1, 3]],
      [
        'come over what the first rules set',
        `${rule(1, 'log,setvar:tx.n=7,setvar:tx.m=7')}${settled(2, 'setvar:tx.n=5')}${asks(3, 'n "@eq 5')}${asks(4, 'm "@eq 7')}`,
        [1, 3, 4],
      ],
      [
        'come in their order',
        `${settled(8, 'setvar:tx.k=1')}${rule(1)}${settled(2, 'setvar:tx.n=5,setvar:!tx.k')}${rule(5)}${settled(6, 'setvar:tx.n=6')}
        ${asks(3, 'n "@eq 6')}SecRule &TX:k "@eq 0" "id:4,phase:1,pass,log"`,
        [1, 5, 3, 4],
      ],
      [
        'are missing when a jump spares them',
        `${rule(1, 'log,skipAfter:M')}${settled(2, 'setvar:tx.n=5')}SecMarker M\n${settled(7, 'setvar:tx.m=5')}
        SecRule &TX:n "@eq 0" "id:3,phase:1,pass,log"\n${asks(4, 'm "@eq 5')}`,
        [1, 3, 4],
      ],
      [
        'are missing when their rule is removed',
        `${rule(1, 'log,ctl:ruleRemoveById=2-3')}${settled(2, 'setvar:tx.n=5')}SecRule &TX:n "@eq 1" "id:3,phase:1,pass,log"
        SecRule ARGS:a "@streq x" "id:4,phase:1,pass,log"`,
        [1, 4],
      ],
    ];
    for (const [what, rules, ids] of cases) it(what, async () => expect(await idsAfter(rules)).toStrictEqual(ids));
  });

  it('runs rules of each phase in file order', async () => {
    expect(await idsAfter(`${rule(3)}${rule(1)}${rule(2)}`)).toStrictEqual([3, 1, 2]);
  });
});
