import { createHash } from 'node:crypto';
import type { TestContext } from 'vitest';
import { describe, expect, it } from 'vitest';
import { isInShare } from '../../src/base/share.ts';
import { loadPlan } from '../../src/compile/compile.ts';
import { type PackMode, type PackUse, parsePackMode } from '../../src/pack/pack-use.ts';
import { asUsed, modeTag, packRuleIdFirst } from '../../src/pack/use-rules.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { parseRuleText } from '../../src/seclang/parser.ts';
import { printStatement } from '../../src/seclang/print.ts';
import { ruleFolder } from '../seclang/rule-folder.ts';
import { idsOf, runExchange } from '../support/exchange.ts';
import { packFiles } from './pack-files.ts';

const place = { file: 'acme/pack.yaml', line: 1, column: 1 };

function printed(
  rules: string,
  mode: string,
  settings: Readonly<Record<string, string>> = {},
  defaults: Readonly<Record<string, string>> = {},
) {
  const { file } = parseRuleText('a.conf', rules);
  const { files, notices } = asUsed([file], {
    name: 'acme.x',
    index: 3,
    location: place,
    mode: parsePackMode(mode) as PackMode,
    settings: new Map(Object.entries(settings)),
    defaults: new Map(Object.entries(defaults)),
  });
  return {
    text: files
      .flatMap(({ statements }) => statements.map(printStatement))
      .join('\n')
      .replaceAll(/\s*\\\n\s*/g, ''),
    notices,
    files,
  };
}

describe('asUsed', () => {
  const rules =
    'SecRuleEngine On\nSecRuleRemoveById 5\nSecDefaultAction "phase:2,deny"\nSecRule ARGS "@rx a" "id:1,phase:2,deny"';

  it('leaves a pack that blocks and has no setting unchanged', () => {
    const { files, notices } = printed(rules, 'block');
    expect([files.length, files[0]?.statements.length, notices]).toStrictEqual([1, 4, []]);
  });

  it('sets settings before all rules', () => {
    const { text } = printed(rules, 'block', { limit: '5', what: 'gr\u00fcn' });
    expect(text).toMatch(/^SecAction\s*"id:1999900609,.*setvar:.?tx\.limit=5/);
    expect(text).toContain(Buffer.from('tx.what=gr\u00fcn').toString('latin1'));
  });

  it('sets defaults if the variable is not set', () => {
    const { text } = printed(rules, 'block', {}, { limit: '5' });
    expect(text).toMatch(/^SecRule &TX:limit "@eq 0"\s*"id:1999900612,.*setvar:.?tx\.limit=5/);
  });

  it('lets no rule act, and nothing affect other rules', () => {
    const { text, notices } = printed(rules, 'detect');
    expect(text).not.toMatch(/SecRuleEngine|SecRuleRemoveById|"id:1,phase:2,deny/);
    expect(text).toMatch(/SecDefaultAction/);
    expect(text).toContain(modeTag('acme.x', { kind: 'detect' }));
    expect(notices).toStrictEqual([
      'pack acme.x: mode detect: its rules only detect',
      'pack acme.x: left out, because it would affect other rules: SecRuleEngine (a.conf:1), SecRuleRemoveById (a.conf:2)',
    ]);
  });

  it('keeps rules out of exchanges that are not in the share', () => {
    const { text, notices } = printed(rules, 'shadow 10 %');
    expect(text).toMatch(
      /^SecRule UNIQUE_ID "!@rx .*id:1999900610,.*ctl:.?ruleRemoveByTag=\^weir\/detects-only\/shadow\/acme\[\.\]x\$/,
    );
    expect(notices[0]).toBe(
      'pack acme.x: mode shadow 10 %: its rules only detect in 10 % of exchanges, chosen by their request id',
    );
  });

  it('tests no share if it is 100 %', () => {
    expect(printed(rules, 'shadow 100 %').text).not.toMatch(/UNIQUE_ID/);
  });
});

describe('a pack in use', () => {
  const rules = `SecRuleEngine On
SecRule ARGS "@contains attack" "id:1001,phase:1,deny,status:403,t:none,setvar:tx.anomaly_score=+5"
SecRule ARGS "@gt %{tx.long}" "id:1002,phase:2,deny,t:none,t:length"
SecRule RESPONSE_BODY "@contains leak" "id:1003,phase:4,deny,t:none"
`;
  const setting = 'settings: [{ name: long, type: number, default: 20, what: longest value }]';

  async function planWith(test: TestContext, mode: string, settings: PackUse['settings'] = {}) {
    const pack = ruleFolder(test, packFiles({ manifest: setting, 'rules.conf': rules }));
    const others = ruleFolder(test, {
      'other.conf':
        'SecRule ARGS "@contains other" "id:7,phase:2,deny"\nSecRule TX:anomaly_score "@gt 4" "id:8,phase:2,deny"',
    });
    const uses: readonly PackUse[] = [
      { name: 'acme', mode: parsePackMode(mode) as PackMode, settings, location: place },
    ];
    const plan = await loadPlan([pack, others], { packs: { uses } });
    test.onTestFinished(() => closePlan(plan));
    return plan;
  }

  it('blocks, and uses its setting', async (test) => {
    const plan = await planWith(test, 'block');
    expect(runExchange(plan, { target: '/?a=attack' }).verdict.kind).toBe('block');
    expect(idsOf(runExchange(plan, { target: `/?a=${'x'.repeat(20)}` }))).toStrictEqual([]);
    expect(idsOf(runExchange(plan, { target: `/?a=${'x'.repeat(21)}` }))).toStrictEqual([1002]);
    const short = await planWith(test, 'block', { long: { value: 3, location: place, keyLocation: place } });
    expect(idsOf(runExchange(short, { target: '/?a=xxxx' }))).toStrictEqual([1002]);
    expect([...short.ruleIds].filter((id) => id >= packRuleIdFirst)).toStrictEqual([packRuleIdFirst]);
    const before = ruleFolder(test, { 'mine.conf': 'SecAction "id:9,phase:1,pass,nolog,setvar:tx.long=2"' });
    const pack = ruleFolder(test, packFiles({ manifest: setting, 'rules.conf': rules }));
    const mine = await loadPlan([before, pack]);
    test.onTestFinished(() => closePlan(mine));
    expect(idsOf(runExchange(mine, { target: '/?a=xxx' }))).toStrictEqual([1002]);
  });

  it('only reports in mode detect, while others continue to block', async (test) => {
    const plan = await planWith(test, 'detect');
    const summary = runExchange(plan, { target: '/?a=attack', response: { body: 'a leak' } });
    expect(summary.verdict.kind).toBe('allow');
    expect(idsOf(summary)).toStrictEqual([1001, 1003]);
    expect(summary.matches[0]?.tags).toStrictEqual(['weir/detects-only/canary/acme']);
    expect(runExchange(plan, { target: '/?a=other' }).verdict.kind).toBe('block');
  });

  it('continues to count its own scores, so that it shows what would have been blocked', async (test) => {
    const scoring = `SecRuleEngine On
SecRule ARGS "@contains attack" "id:1001,phase:2,block,t:none,setvar:tx.own_score=+5,setvar:tx.shared_score=+5"
SecRule TX:own_score "@ge 5" "id:1002,phase:2,deny,t:none,log"
`;
    const pack = ruleFolder(test, packFiles({ 'rules.conf': scoring }));
    const other = 'SecRule TX:shared_score "@ge 5" "id:8,phase:2,deny,log"\n';
    const others = ruleFolder(test, { 'other.conf': other });
    const uses: readonly PackUse[] = [{ name: 'acme', mode: { kind: 'detect' }, settings: {}, location: place }];
    const plan = await loadPlan([pack, others], { packs: { uses } });
    test.onTestFinished(() => closePlan(plan));
    const summary = runExchange(plan, { target: '/?a=attack' });
    expect([summary.verdict.kind, idsOf(summary)]).toStrictEqual(['allow', [1001, 1002]]);
  });

  it('reports in its share, by the id of the exchange, and nothing elsewhere, in every phase', async (test) => {
    const plan = await planWith(test, 'shadow 30 %');
    const names = Array.from({ length: 60 }, (_, index) => createHash('md5').update(`${index}`).digest('hex'));
    const reported = names.filter((name) => {
      const summary = runExchange(plan, { target: '/?a=attack', response: { body: 'a leak' } }, [], {
        requestId: name,
      });
      expect(summary.verdict.kind).toBe('allow');
      const ids = idsOf(summary);
      expect([[], [1001, 1003]]).toContainEqual(ids);
      return ids.length > 0;
    });
    expect(reported).toStrictEqual(names.filter((name) => isInShare(name, 30)));
    expect(runExchange(plan, { target: '/?a=other' }).verdict.kind).toBe('block');
  });
});
