// The statements of docs/moving.md: its rules load and have an effect, what it names exists, and each directive does what it says.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { crsFolder, crsMissing } from '../support/crs-folder.ts';
import { planOf, runExchange } from '../support/exchange.ts';

const repository = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(repository, path), 'utf8');
const text = read('docs/moving.md');
const snippets = [...text.matchAll(/```seclang\n(.*?)```/gs)].map(([, rules]) => rules ?? '');
const named = (pattern: RegExp): readonly string[] => [
  ...new Set([...text.matchAll(pattern)].map(([, name]) => name ?? '')),
];
const statuses = new Map(
  [...read('docs/seclang.md').matchAll(/^\| `(Sec\w+)` \| (supported|partly|no effect|refused) \|/gm)].map(
    ([, name, status]) => [name, status],
  ),
);

describe('docs/moving.md', () => {
  it('has rules that load without a problem', async () => {
    expect(snippets.length).toBe(3);
    for (const rules of snippets) {
      const plan = await planOf(rules);
      // Settings without effect are reported, and also that the rules they refer to are not loaded here.
      const problems = plan.diagnostics.problems.filter(({ kind }) => kind !== 'ignored' && kind !== 'notice');
      closePlan(plan);
      expect(problems).toStrictEqual([]);
    }
  });

  it('sets what CRS reads', async () => {
    const probe = 'SecRule TX:inbound_anomaly_score_threshold "@eq 10" "id:1,phase:1,deny,log"\n';
    const plan = await planOf(`${snippets[0]}${probe}`);
    expect(runExchange(plan, { target: '/' }).verdict.kind).toBe('block');
    closePlan(plan);
  });

  it('turns off rules where it says so, and only there', async () => {
    const plan = await planOf(`SecRuleEngine On\n${snippets[2]}SecRule ARGS "@rx evil" "id:920420,phase:2,deny,log"\n`);
    const kinds = ['/health?a=evil', '/upload?a=evil', '/?a=evil'].map(
      (target) => runExchange(plan, { target }).verdict.kind,
    );
    closePlan(plan);
    expect(kinds).toStrictEqual(['allow', 'allow', 'block']);
  });

  it('excludes a list of JSON values from the rules of a tag', async () => {
    const rule = `SecRule ARGS "@rx evil" "id:1,phase:2,deny,log,tag:'attack-sqli'"\n`;
    const plan = await planOf(`${snippets[1]}SecRuleEngine On\n${rule}`);
    const kinds = ['{"items":["evil"]}', '{"other":["evil"]}'].map((body) => {
      const headers = { 'content-type': 'application/json' };
      return runExchange(plan, { method: 'POST', target: '/api/x', headers, body }).verdict.kind;
    });
    closePlan(plan);
    expect(kinds).toStrictEqual(['allow', 'block']);
  });

  it('names variables of CRS that its set-up has', (test) => {
    test.skip(crsMissing !== false, String(crsMissing));
    const setup = readFileSync(join(crsFolder, 'crs-setup.conf.example'), 'utf8');
    const names = named(/tx\.(\w+)/g);
    expect(names.length).toBeGreaterThanOrEqual(20);
    expect(names.filter((name) => !setup.includes(`tx.${name}=`))).toStrictEqual([]);
  });

  it('agrees with docs/seclang.md about each directive', () => {
    const said = {
      'acts the same': 'supported',
      'acts in part': 'partly',
      'has no effect': 'no effect',
      'is refused': 'refused',
    };
    const claims = [...text.matchAll(/`(Sec\w+)` (acts the same|acts in part|has no effect|is refused)/g)];
    expect(claims.length).toBeGreaterThanOrEqual(35);
    for (const [, name = '', claim] of claims) {
      expect(statuses.get(name), name).toBe(said[claim as keyof typeof said]);
    }
    expect(statuses.get('SecRemoteRules')).toBe('refused');
  });

  it('names options and limits that exist', () => {
    const commands = read('docs/commands.md');
    expect(named(/(--[a-z][a-z-]+)/g).filter((option) => !commands.includes(`\`${option}`))).toStrictEqual([]);
    expect(named(/`(\w+Max)`/g).filter((name) => !(name in limits))).toStrictEqual([]);
  });
});
