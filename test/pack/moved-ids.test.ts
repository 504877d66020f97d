import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadPlan } from '../../src/compile/compile.ts';
import { exclusionStatements } from '../../src/config/exclusion-rules.ts';
import { readManifest } from '../../src/pack/manifest.ts';
import { lastIds, movesOf, withMovedIds } from '../../src/pack/moved-ids.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { parseRuleText } from '../../src/seclang/parser.ts';
import { printStatement } from '../../src/seclang/print.ts';
import { ruleFolder } from '../seclang/rule-folder.ts';
import { idsOf, runExchange } from '../support/exchange.ts';
import { packFiles } from './pack-files.ts';

const moves = 'renamed: { 1001: 2001, 2001: 3001, 1005: 1006, 7: 8, 8: 7 }\nretired: { 1003: found nothing }\n';
const manifest = readManifest(
  Buffer.from(`name: acme\nversion: 2.0.0\nfiles: [a.conf]\n${moves}`),
  'pack.yaml',
  () => true,
);

describe('withMovedIds', () => {
  const moved = (text: string) => {
    const { file, errors } = parseRuleText('mine.conf', text);
    expect(errors).toStrictEqual([]);
    const { files, notices } = withMovedIds([file], movesOf([manifest]));
    const [statement] = files[0]?.statements ?? [];
    expect.assert(statement !== undefined);
    return { text: printStatement(statement).replaceAll(/\s*\\\n\s*/g, ' '), notices };
  };
  const said = (what: string, old: number, id: number, column = 1) =>
    `mine.conf:1:${column}: ${what}: rule ${old} is now ${id} in acme 2.0.0, which is used instead: write ${id}`;

  const cases: readonly (readonly [text: string, after: string, ...notices: readonly string[]])[] = [
    ['SecRuleRemoveById 1001', 'SecRuleRemoveById 3001', said('SecRuleRemoveById', 1001, 3001)],
    ['SecRuleRemoveById 5 2001', 'SecRuleRemoveById 5 3001', said('SecRuleRemoveById', 2001, 3001)],
    ['SecRuleRemoveById 1000-1999', 'SecRuleRemoveById 1000-1999,3001', said('SecRuleRemoveById', 1001, 3001)],
    ['SecRuleRemoveById 1005-1006', 'SecRuleRemoveById 1005-1006'],
    ['SecRuleRemoveById 1002', 'SecRuleRemoveById 1002'],
    ['SecRuleRemoveById 7', 'SecRuleRemoveById 7'],
    [
      'SecRuleUpdateTargetById 1001 !ARGS:1001',
      'SecRuleUpdateTargetById 3001 !ARGS:1001',
      said('SecRuleUpdateTargetById', 1001, 3001),
    ],
    ['SecRuleUpdateActionById 9:1001 deny', 'SecRuleUpdateActionById 9:1001 deny'],
    [
      'SecRuleUpdateActionById 1001:1 deny',
      'SecRuleUpdateActionById 3001:1 deny',
      said('SecRuleUpdateActionById', 1001, 3001),
    ],
    [
      'SecRuleRemoveById 1003',
      'SecRuleRemoveById 1003',
      'mine.conf:1:1: SecRuleRemoveById: rule 1003 was removed from acme 2.0.0: found nothing',
    ],
    ['SecRuleRemoveByTag 1001', 'SecRuleRemoveByTag 1001'],
  ];
  for (const [text, after, ...notices] of cases) {
    it(text, () => expect(moved(text)).toStrictEqual({ text: after, notices }));
  }

  it('changes ctl of rules and of their links', () => {
    const { text, notices } = moved(
      'SecRule ARGS "@rx a" "id:1,pass,ctl:ruleRemoveTargetById=1001;ARGS:1001,chain"\nSecRule ARGS "@rx b" "ctl:ruleRemoveById=1000-1004"',
    );
    expect(text).toMatch(/ruleRemoveTargetById=3001;ARGS:1001/);
    expect(text).toMatch(/ruleRemoveById=1000-1004,3001/);
    expect(notices.map((notice) => notice.replace(/^.*?: /, ''))).toStrictEqual([
      expect.stringMatching(/^ctl:ruleRemoveTargetById: rule 1001 is now 3001/),
      expect.stringMatching(/^ctl:ruleRemoveById: rule 1001 is now 3001/),
    ]);
  });
});

it('a pack has no say about ids of rules that are loaded', () => {
  const text =
    'SecRule ARGS "@rx a" "id:1001,deny"\nSecRuleRemoveById 1001\nSecRule ARGS "@rx a" "id:1003,deny"\nSecRuleRemoveById 1003';
  const { file } = parseRuleText('mine.conf', text);
  const { files, notices } = withMovedIds([file], movesOf([manifest]));
  expect(files[0]?.statements.map(printStatement).join('\n')).toContain('SecRuleRemoveById 1001');
  expect(notices).toStrictEqual([]);
});

describe('exclusions of old ids', () => {
  it('count in files and in the configuration, and it is told', async (test) => {
    const rules = 'SecRuleEngine On\nSecRule ARGS "@contains attack" "id:3001,phase:2,deny,t:none"\n';
    const pack = ruleFolder(test, packFiles({ version: '2.0.0', manifest: moves, 'rules.conf': rules }));
    const mine = join(ruleFolder(test, { 'mine.conf': 'SecRuleUpdateTargetById 1001 !ARGS:note' }), 'mine.conf');
    const location = { file: 'weir.yaml', line: 4, column: 5 };
    const statements = exclusionStatements([
      { ids: ['2001'], tags: [], at: { fields: ['ARGS:q'] }, owner: 'o', reason: 'r', location },
      { ids: ['1001'], tags: [], at: { methods: ['PUT'] }, owner: 'o', reason: 'r', location },
    ]);
    const plan = await loadPlan([pack, mine], { amend: (files) => [{ file: 'weir.yaml', statements }, ...files] });
    test.onTestFinished(() => closePlan(plan));
    expect(idsOf(runExchange(plan, { target: '/?a=attack' }))).toStrictEqual([3001]);
    expect(idsOf(runExchange(plan, { target: '/?note=attack' }))).toStrictEqual([]);
    expect(idsOf(runExchange(plan, { target: '/?q=attack' }))).toStrictEqual([]);
    expect(idsOf(runExchange(plan, { target: '/?a=attack', method: 'PUT' }))).toStrictEqual([]);
    expect(plan.notices.map((notice) => notice.replace(/^.*\/mine/, 'mine'))).toStrictEqual(
      expect.arrayContaining([
        'weir.yaml:4:5: SecRuleUpdateTargetById: rule 2001 is now 3001 in acme 2.0.0, which is used instead: write 3001',
        'weir.yaml:4:5: ctl:ruleRemoveById: rule 1001 is now 3001 in acme 2.0.0, which is used instead: write 3001',
        'mine.conf:1:1: SecRuleUpdateTargetById: rule 1001 is now 3001 in acme 2.0.0, which is used instead: write 3001',
      ]),
    );
  });
});

describe('lastIds', () => {
  it('follows ids, and tells of circles', () => {
    const renamed = new Map([
      [1, 2],
      [2, 3],
      [4, 2],
      [5, 5],
      [6, 7],
      [7, 6],
      [8, 6],
    ]);
    expect([...lastIds(renamed)]).toStrictEqual([
      [1, 3],
      [2, 3],
      [4, 3],
      [5, undefined],
      [6, undefined],
      [7, undefined],
      [8, undefined],
    ]);
  });

  it('looks at each id once, however long the way is', () => {
    let looks = 0;
    class Counted extends Map<number, number> {
      override get(id: number): number | undefined {
        looks += 1;
        return super.get(id);
      }
    }
    const length = 20_000;
    const renamed = new Counted(Array.from({ length }, (_, id) => [id, id + 1] as const));
    expect(new Set(lastIds(renamed).values())).toStrictEqual(new Set([length]));
    expect(looks).toBeLessThan(4 * length);
  });
});
