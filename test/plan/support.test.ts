import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isFresh } from '../../scripts/seclang-tables.ts';
import { nativeAddon } from '../../src/matching/native.ts';
import { notedNames, supportTable } from '../../src/plan/support.ts';
import { loadRuleFiles } from '../../src/seclang/load.ts';
import {
  actionNames,
  ctlNames,
  directiveNames,
  operatorNames,
  transformationNames,
  variableNames,
} from '../../src/seclang/names.ts';
import { crsFolder, crsMissing } from '../support/crs-folder.ts';

const rows = supportTable(nativeAddon().transformNames());
const byName = new Map(rows.map((row) => [`${row.kind} ${row.name}`, row]));

describe('supportTable', () => {
  it('has one row for every name of the language', () => {
    const sets = [directiveNames, variableNames, operatorNames, transformationNames, actionNames, ctlNames];
    const names = sets.flatMap((set) => set.all.map((entry) => `${set.kind} ${entry.name}`));
    assert.deepEqual(new Set(byName.keys()), new Set(names));
    assert.equal(rows.length, names.length);
  });

  it('notes only names that exist', () => {
    assert.deepEqual(
      notedNames.filter((name) => !byName.has(name)),
      [],
    );
  });

  it('gives a reason for what is partly supported, refused or has no effect', () => {
    const silent = rows.filter((row) => /partly|no effect|refused/.test(row.status) && row.note === '');
    assert.deepEqual(silent, []);
  });

  it('says what is so', () => {
    const status = (key: string) => byName.get(key)?.status;
    assert.equal(status('directive SecRule'), 'supported');
    assert.equal(status('directive SecRequestBodyLimit'), 'no effect');
    assert.equal(status('directive SecRuleScript'), 'refused');
    assert.equal(status('variable ARGS'), 'supported');
    assert.equal(status('variable GEO'), 'refused');
    assert.equal(status('operator pm'), 'supported');
    assert.equal(status('operator rx'), 'partly');
    assert.equal(status('operator rbl'), 'refused');
    assert.equal(status('action exec'), 'refused');
    assert.equal(status('transformation none'), 'supported');
    assert.equal(status('ctl option ruleRemoveById'), 'supported');
  });

  it('refuses nothing that the CRS uses', { skip: crsMissing }, () => {
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
    assert.ok(used.size > 80, `only ${used.size} names`);
    assert.deepEqual(
      [...used].filter((name) => !byName.has(name) || byName.get(name)?.status === 'refused'),
      [],
    );
  });
});

describe('docs/seclang.md', () => {
  it('is as npm run generate writes it', () => {
    assert.ok(isFresh(), 'run: npm run generate');
  });
});
