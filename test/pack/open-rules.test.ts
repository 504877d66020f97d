import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadPlan } from '../../src/compile/compile.ts';
import { openRules } from '../../src/pack/open-rules.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { ruleFolder } from '../seclang/rule-folder.ts';
import { runExchange } from '../support/exchange.ts';
import { packArchive, packFiles } from './pack-files.ts';

const rule = (id: number, more = 'deny,status:403') =>
  `SecRule ARGS "@contains attack" "id:${id},phase:2,t:none,${more}"\n`;

describe('openRules', () => {
  it('reads a pack in the order of its list', async (test) => {
    const folder = ruleFolder(test, {
      'pack.yaml': 'name: x\nfiles:\n  - b.conf\n  - sub/a.conf\n',
      'b.conf': 'SecMarker B',
      'sub/a.conf': 'SecMarker A',
      'c.conf': 'SecMarker C',
    });
    const { files } = await openRules([folder]);
    expect(files.map(({ file }) => relative(folder, file))).toStrictEqual(['b.conf', 'sub/a.conf']);
  });

  it('reads archives like folders, including lists', async (test) => {
    const files = packFiles({
      'rules.conf': 'SecRuleEngine On\nInclude more/*.conf\n',
      'more/a.conf': 'SecRule ARGS "@pmFromFile ../words.data" "id:1001,phase:2,deny,status:403,t:none"',
      'words.data': 'attack\n',
    });
    const archive = await packArchive(test, files);
    for (const path of [archive, ruleFolder(test, files)]) {
      const plan = await loadPlan([path]);
      test.onTestFinished(() => closePlan(plan));
      expect(plan.ruleIds).toStrictEqual(new Set([1001]));
      expect(runExchange(plan, { target: '/?a=attack' }).verdict.kind).toBe('block');
    }
  });

  it('reports what was checked of an archive', async (test) => {
    const path = await packArchive(test);
    expect((await openRules([path])).notices).toStrictEqual([
      expect.stringMatching(
        /^pack acme 1\.0\.0 \(.*acme-1\.0\.0\.tgz, sha256:\w{64}\): its signatures are not checked/,
      ),
    ]);
  });

  it('refuses ids out of the range, with their places', async (test) => {
    const folder = ruleFolder(test, packFiles({ manifest: 'ids: [1000-1002]', 'rules.conf': rule(1001) + rule(1003) }));
    const { errors } = await openRules([folder]);
    expect(errors.map(({ message }) => message.replace(folder, ''))).toStrictEqual([
      "/rules.conf:2:1: rule 1003: the pack's ids are 1000-1002",
    ]);
    await expect(loadPlan([folder])).rejects.toThrow(/rule 1003: the pack's ids are/);
  });

  it('refuses a setting that two packs have, naming both', async (test) => {
    const manifest = 'settings: [{ name: limit, type: number, default: 5, what: w }]\n';
    const one = ruleFolder(test, packFiles({ manifest }));
    const other = ruleFolder(test, packFiles({ name: 'other', manifest, 'rules.conf': rule(2001) }));
    await expect(openRules([one, other])).rejects.toThrow(
      expect.objectContaining({
        code: 'pack.refused',
        message: `${other}: its setting "limit" is also a setting of acme`,
      }),
    );
  });

  it('refuses an id that two packs have', async (test) => {
    const one = ruleFolder(test, packFiles());
    const two = ruleFolder(test, packFiles({ name: 'other' }));
    await expect(loadPlan([one, two])).rejects.toThrow(/other|id 1001 is already used at .*rules\.conf:2/);
  });

  it('lets only stable rules block', async (test) => {
    const maturity = 'maturity: { stable: [1001], incubating: [1002] }';
    const folder = ruleFolder(
      test,
      packFiles({
        manifest: maturity,
        'rules.conf':
          'SecRuleEngine On\nSecRule ARGS "@contains stable" "id:1001,phase:2,deny,t:none"\nSecRule ARGS "@contains new" "id:1002,phase:2,deny,log,t:none"',
      }),
    );
    const plan = await loadPlan([folder]);
    test.onTestFinished(() => closePlan(plan));
    expect(plan.notices).toContain('pack acme: rules that only detect: 1002 (incubating)');
    expect(runExchange(plan, { target: '/?a=stable' }).verdict.kind).toBe('block');
    const detected = runExchange(plan, { target: '/?a=new' });
    expect(detected.verdict.kind).not.toBe('block');
    expect(detected.matches.map(({ ruleId, tags }) => [ruleId, tags])).toStrictEqual([
      [1002, ['weir/detects-only/incubating']],
    ]);
  });

  it('refuses a rule that the maturities leave out', async (test) => {
    const folder = ruleFolder(test, packFiles({ manifest: 'maturity: { sandbox: [1] }' }));
    await expect(loadPlan([folder])).rejects.toThrow(/rules\.conf:2:1: rule 1001: pack\.yaml gives it no maturity/);
  });

  it('requires a pack’s dependencies before it', async (test) => {
    const base = ruleFolder(test, packFiles({ name: 'base', version: '1.4.0', 'rules.conf': rule(5) }));
    const needing = (range: string) => ruleFolder(test, packFiles({ manifest: `dependencies: { base: "${range}" }` }));
    await openRules([base, needing('^1.2.0')]);
    await expect(openRules([needing('^1.2.0'), base])).rejects.toThrow(/it needs base \^1\.2\.0, but no such pack is/);
    await expect(openRules([base, needing('^2.0.0')])).rejects.toThrow(
      /it needs base \^2\.0\.0, but 1\.4\.0 is loaded/,
    );
  });

  it('refuses a pack twice', async (test) => {
    const folder = ruleFolder(test, packFiles());
    await expect(openRules([folder, await packArchive(test)])).rejects.toThrow(/a pack named acme is already loaded/);
  });

  it('reads other rules unchanged, together with packs', async (test) => {
    const folder = ruleFolder(test, { 'own.conf': rule(7) });
    const { files, notices } = await openRules([join(folder, 'own.conf'), ruleFolder(test, packFiles())]);
    expect(files).toHaveLength(2);
    expect(notices).toStrictEqual([]);
    writeFileSync(join(folder, 'x.tgz'), '');
    await expect(openRules([join(folder, 'own.conf'), join(folder, 'x.tgz')])).rejects.toThrow(/x\.tgz: it is not a/);
  });
});
