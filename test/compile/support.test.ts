import { describe, expect, it } from 'vitest';
import { isFresh } from '../../scripts/seclang-tables.ts';
import { notes, supportTable } from '../../src/compile/support.ts';
import { nativeAddon } from '../../src/matching/native.ts';
import {
  actionNames,
  ctlNames,
  directiveNames,
  operatorNames,
  transformationNames,
  variableNames,
} from '../../src/seclang/names.ts';
import { crsFolder, crsMissing } from '../support/crs-folder.ts';
import { loadRuleFiles } from '../support/rule-files.ts';

const rows = supportTable(nativeAddon().transformNames());
const byName = new Map(rows.map((row) => [`${row.kind} ${row.name}`, row]));

describe('supportTable', () => {
  it('has one row for every name of the language', () => {
    const sets = [directiveNames, variableNames, operatorNames, transformationNames, actionNames, ctlNames];
    const names = sets.flatMap((set) => set.all.map((entry) => `${set.kind} ${entry.name}`));
    expect(new Set(byName.keys())).toStrictEqual(new Set(names));
    expect(rows.length).toBe(names.length);
  });

  it('notes only names that exist', () => {
    expect(Object.keys(notes).filter((name) => !byName.has(name))).toStrictEqual([]);
  });

  it('gives a reason for what is partly supported, refused or has no effect', () => {
    const silent = rows.filter((row) => /partly|no effect|refused/.test(row.status) && row.note === '');
    expect(silent).toStrictEqual([]);
  });

  it('states the facts', () => {
    const status = (key: string) => byName.get(key)?.status;
    expect(status('directive SecRule')).toBe('supported');
    expect(status('directive SecRequestBodyLimit')).toBe('no effect');
    expect(status('directive SecRuleScript')).toBe('refused');
    expect(status('variable ARGS')).toBe('supported');
    expect(status('variable GEO')).toBe('refused');
    expect(status('operator pm')).toBe('supported');
    expect(status('operator rx')).toBe('partly');
    expect(status('operator rbl')).toBe('refused');
    expect(status('action exec')).toBe('refused');
    expect(status('transformation none')).toBe('supported');
    expect(status('ctl option ruleRemoveById')).toBe('supported');
  });

  it.skipIf(crsMissing)('refuses nothing that the CRS uses', () => {
    const used = new Set<string>();
    for (const statement of loadRuleFiles([crsFolder]).files.flatMap((file) => file.statements)) {
      if (statement.kind === 'directive') used.add(`directive ${statement.name}`);
      if (statement.kind !== 'rule' && statement.kind !== 'action') continue;
      for (const link of [statement, ...statement.links]) {
        for (const variable of link.variables) used.add(`variable ${variable.name}`);
        if (link.operator !== undefined) used.add(`operator ${link.operator.name}`);
        for (const { name, value } of link.actions) {
          used.add(`action ${name}`);
          if (name === 't') used.add(`transformation ${value}`);
          if (name === 'ctl') used.add(`ctl option ${value?.split('=')[0]}`);
        }
      }
    }
    expect(used.size, `only ${used.size} names`).toBeGreaterThan(80);
    expect([...used].filter((name) => !byName.has(name) || byName.get(name)?.status === 'refused')).toStrictEqual([]);
  });
});

describe('docs/seclang.md', () => {
  it('is up to date', () => {
    expect(isFresh(), 'run: npm run generate').toBeTruthy();
  });
});
