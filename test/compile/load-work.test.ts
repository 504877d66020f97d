// The cost of loading rules, counted in branches of our own code: twice the text takes twice the work, whatever is repeated.
// Native compilation is limited by size before it begins (`regex-size.test.ts`).

import { describe, expect, it } from 'vitest';
import { CoverageMap } from '../fuzz/coverage.ts';
import { instrumentImports } from '../fuzz/instrument.ts';
import { ruleFolder } from '../seclang/rule-folder.ts';

const coverage = new CoverageMap();
instrumentImports(new URL('../../src/', import.meta.url).href, coverage);
const { loadPlan } = await import('../../src/compile/compile.ts');
const { closePlan } = await import('../../src/plan/close-plan.ts');
const { constants } = await import('../../src/base/constants.ts');

const repeat = (count: number, text: (at: number) => string, between = '\n'): string =>
  Array.from({ length: count }, (_, at) => text(at)).join(between);
const action = (list: string): string => `SecAction "id:1,phase:1,pass,nolog,${list}"`;

const rules = (count: number, more: (at: number) => string = () => ''): string =>
  repeat(count, (at) => `SecRule ARGS "@streq a" "id:${at + 1},phase:2,pass${more(at)}"`);

const repeated: Readonly<Record<string, (count: number) => string>> = {
  'rules that set a variable each': (n) =>
    repeat(n, (at) => `SecAction "id:${at + 1},phase:1,pass,nolog,setvar:tx.a${at}=1"`),
  'rules that set one variable': (n) => repeat(n, (at) => `SecAction "id:${at + 1},phase:1,pass,nolog,setvar:tx.a=+1"`),
  'rules that read what the last one set': (n) =>
    repeat(n, (at) => `SecRule TX:a${at} "@eq 1" "id:${at + 1},phase:1,pass,nolog,setvar:tx.a${at + 1}=1"`),
  'rules that set one when they match': (n) =>
    repeat(n, (at) => `SecRule REMOTE_PORT "@eq ${at}" "id:${at + 1},phase:1,pass,nolog,setvar:tx.a${at}=1"`),
  'variables that one rule sets': (n) => action(repeat(n, (at) => `setvar:tx.a${at}=1`, ',')),
  'tags of a rule': (n) => action(repeat(n, (at) => `tag:a${at}`, ',')),
  'transformations of a rule': (n) => action(repeat(n, () => 't:lowercase', ',')),
  'rules that a rule takes away': (n) => action(repeat(n, (at) => `ctl:ruleRemoveById=${at + 2}`, ',')),
  'links of a chain': (n) =>
    `SecRule REMOTE_PORT "@eq 1" "id:1,pass,chain"\n${repeat(n, () => 'SecRule REMOTE_PORT "@eq 1" "chain"')}\nSecRule REMOTE_PORT "@eq 1"`,
  'targets and exclusions of a rule': (n) =>
    `SecRule ${repeat(n, (at) => `ARGS:a${at}|!ARGS:b${at}`, '|')} "@eq 1" "id:1,pass"`,
  'markers with one name': (n) => `${repeat(n, () => 'SecMarker A')}\nSecAction "id:1,pass"`,
  'jumps to the end': (n) =>
    `${repeat(n, (at) => `SecRule REMOTE_PORT "@eq 1" "id:${at + 1},phase:1,pass,nolog,skipAfter:A"`)}\nSecMarker A`,
  'jumps to many places of one name': (n) =>
    repeat(n, (at) => `SecRule REMOTE_PORT "@eq 1" "id:${at + 1},phase:1,pass,nolog,skipAfter:A"\nSecMarker A`),
  defaults: (n) => `${repeat(n, () => 'SecDefaultAction "phase:2,log,pass"')}\nSecAction "id:1,pass"`,
  'references in a message': (n) => action(`msg:'${'%{TX.a}'.repeat(n)}'`),
  'openings of references': (n) => action(`msg:'${'%{TX.'.repeat(n)}'`),
  'continued lines': (n) => action(`\\\n${repeat(n, () => 'tag:a,\\\n', '')}nolog`),
  addresses: (n) =>
    `SecRule REMOTE_ADDR "@ipMatch ${repeat(n, (at) => `10.0.${at >> 8}.${at & 255}`, ',')}" "id:1,pass"`,
  'ranges of bytes': (n) => `SecRule REMOTE_ADDR "@validateByteRange ${repeat(n, () => '1-2', ',')}" "id:1,pass"`,
  'rules and updates of all of them': (n) =>
    `${rules(n)}\n${repeat(n, () => `SecRuleUpdateTargetById 1-${n} "!ARGS:x"`)}`,
  'rules and an update of each': (n) =>
    `${rules(n)}\n${repeat(n, (at) => `SecRuleUpdateTargetById ${at + 1} "!ARGS:x${at}"`)}`,
  'updates of the targets of a rule': (n) =>
    `${rules(1)}\n${repeat(n, (at) => `SecRuleUpdateTargetById 1 "FILES:x${at}" "FILES:x${at - 1}"`)}`,
  'updates of the actions of a rule': (n) =>
    `${rules(1)}\n${repeat(n, (at) => `SecRuleUpdateActionById 1 "tag:x${at},status:403,t:none"`)}`,
  'tagged rules and removals of each tag': (n) =>
    `${rules(n, (at) => `,tag:'app/t${at}'`)}\n${repeat(n, (at) => `SecRuleRemoveByTag ^app/t${at}$`)}`,
  'tagged rules and removals of tags that are not there': (n) =>
    `${rules(n, (at) => `,tag:'app/t${at}'`)}\n${repeat(n, (at) => `SecRuleRemoveByTag ^app/q${at}$`)}`,
  'rules with messages and updates of each': (n) =>
    `${rules(n, (at) => `,msg:'m ${at}.'`)}\n${repeat(n, (at) => `SecRuleUpdateTargetByMsg "m ${at}\\." "!ARGS:x"`)}`,
  'rules that look at a header each': (n) =>
    repeat(n, (at) => `SecRule REQUEST_HEADERS:h${at} "@streq a" "id:${at + 1},phase:1,pass"`),
  'rules that set something, and others that remove them': (n) =>
    `${repeat(n, (at) => `SecAction "id:${at + 1},phase:1,pass,nolog,setvar:tx.a=${at}"`)}\n${repeat(
      n,
      (at) => `SecRule TX:a "@eq 1" "id:${n + at + 1},phase:1,pass,ctl:ruleRemoveById=${at + 1}-${2 * n}"`,
    )}`,
  'variables, and rules behind them that deny': (n) =>
    `${repeat(n, (at) => `SecAction "id:${at + 1},phase:1,pass,nolog,setvar:tx.a${at}=1"`)}\n${repeat(
      n,
      (at) => `SecRule REMOTE_PORT "@eq ${at}" "id:${n + at + 1},phase:1,deny"`,
    )}`,
  'variables, and jumps behind them': (n) =>
    `${repeat(n, (at) => `SecAction "id:${at + 1},phase:1,pass,nolog,setvar:tx.a${at}=1"`)}\n${repeat(
      n,
      (at) => `SecRule REMOTE_PORT "@eq ${at}" "id:${n + at + 1},phase:1,pass,skipAfter:E${at}"\nSecMarker E${at}`,
    )}`,
  'names made of what matched, and rules that read others': (n) =>
    `${repeat(n, (at) => `SecRule ARGS "@streq a" "id:${at + 1},phase:2,pass,setvar:'tx.p${at}_%{MATCHED_VAR}=1'"`)}\n${repeat(
      n,
      (at) => `SecRule TX:q${at} "@eq 1" "id:${n + at + 1},phase:2,pass"`,
    )}`,
  'names of files': (n) => repeat(n, () => 'IncludeOptional no/*/{a,b}{a,b}{a,b}{a,b}.conf'),
  errors: (n) => repeat(n, (at) => `SecFoo ${at}`),
};

/** The most branches taken between two turns of the event loop. */
let longestTurn = 0;
const { Pace } = await import('../../src/base/pace.ts');
const { isDue } = Pace.prototype;
let turnBegan = 0;
Pace.prototype.isDue = function (steps) {
  const isOver = isDue.call(this, steps);
  if (isOver) {
    longestTurn = Math.max(longestTurn, coverage.branches - turnBegan);
    turnBegan = coverage.branches;
  }
  return isOver;
};

/** How many branches of planning a turn of the event loop may take: planStepsMax steps of a few hundred branches, and once thousands of TX names. */
const branchesOfTurnMax = 700_000;

/** Thousands of words in one statement, which is planned without yielding. */
const ofOneStatement: ReadonlySet<string> = new Set([
  'variables that one rule sets',
  'tags of a rule',
  'transformations of a rule',
  'rules that a rule takes away',
  'links of a chain',
  'targets and exclusions of a rule',
  'continued lines',
]);

async function work(folder: string): Promise<number> {
  coverage.reset();
  turnBegan = 0;
  try {
    closePlan(await loadPlan([folder], { keepGoing: true }));
  } catch (error) {
    expect((error as { code?: string }).code).toBe('seclang.syntax');
  }
  return coverage.branches;
}

describe('the work of loading', () => {
  const small = 1_000;
  for (const [name, make] of Object.entries(repeated)) {
    it(`is linear in ${name}`, async (test) => {
      const [least, once, fourfold] = [0, small, 4 * small].map((count) =>
        ruleFolder(test, { 'a.conf': make(Math.max(1, count)) }),
      ) as [string, string, string];
      longestTurn = 0;
      const base = await work(least);
      const ratio = ((await work(fourfold)) - base) / ((await work(once)) - base);
      expect(ratio, `four times as much takes ${ratio.toFixed(1)} times the work`).toBeLessThan(5);
      if (!ofOneStatement.has(name)) expect(longestTurn, 'branches of a turn').toBeLessThan(branchesOfTurnMax);
    });
  }

  it('leaves regular expressions of a reload to another thread', async (test) => {
    const words = (at: number): string => repeat(100, (word) => `w${at}_${word}[a-f]{1,3}`, '|');
    const rule = (at: number): string => `SecRule ARGS "@rx (?i)^(?:${words(at)})$" "id:${at + 1},phase:2,pass"`;
    const folder = ruleFolder(test, { 'a.conf': repeat(20, rule) });
    const branchesOf = async (inBackground: boolean): Promise<number> => {
      coverage.reset();
      closePlan(await loadPlan([folder], { inBackground }));
      return coverage.branches;
    };
    const atStart = await branchesOf(false);
    expect(await branchesOf(true)).toBeLessThan(atStart / 4);
  });

  it('is rejected above the limit of updates, with file, line and column', async (test) => {
    const count = 2_000;
    const text = `${rules(count)}\n${repeat(count, (at) => `SecRuleUpdateTargetById 1-${count} "!ARGS:x${at}"`)}`;
    const folder = ruleFolder(test, { 'a.conf': text });
    const line = count + Math.floor((constants.updateStepsMax - count - 1) / count) + 1;
    await expect(loadPlan([folder])).rejects.toThrow(
      expect.objectContaining({
        code: 'plan.invalid',
        message: expect.stringMatching(
          new RegExp(
            `^1 rules or directives cannot run:.*a\\.conf:${line}:1: failed: .* takes more than ${constants.updateStepsMax} steps`,
            's',
          ),
        ),
      }),
    );
  });

  it('is rejected above the limit of statements, with file and line', async (test) => {
    const folder = ruleFolder(test, { 'a.conf': repeat(constants.statementsMax + 2, () => 'SecMarker A') });
    await expect(loadPlan([folder])).rejects.toThrow(
      expect.objectContaining({
        code: 'seclang.include',
        message: expect.stringMatching(
          new RegExp(
            `a\\.conf:${constants.statementsMax + 1}:1: more than ${constants.statementsMax} rules and directives`,
          ),
        ),
      }),
    );
  });

  it('is rejected above the limit of compilation, with file and line', async (test) => {
    const folder = ruleFolder(test, {
      'a.conf': repeat(40, (at) => `SecRule ARGS "@rx x${at}.{1,8000}y" "id:${at + 1},phase:2,pass"`),
    });
    await expect(loadPlan([folder])).rejects.toThrow(
      expect.objectContaining({
        code: 'plan.invalid',
        message: expect.stringMatching(
          /a\.conf:9:\d+: rule 9 skipped: compiling the patterns up to this one takes more than 8000000 steps/,
        ),
      }),
    );
  });
});
