import assert from 'node:assert/strict';
import { join, relative } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { loadRuleFiles } from '../../src/seclang/load.ts';
import { SeclangErrors } from '../../src/seclang/seclang-error.ts';
import { crsFolder, crsMissing } from '../support/crs-folder.ts';
import { ruleFolder } from './rule-folder.ts';

/** Names of the loaded files in order, relative to the folder. */
function loadedNames(test: TestContext, files: Readonly<Record<string, string>>, paths = ['']) {
  const folder = ruleFolder(test, files);
  const loaded = loadRuleFiles(paths.map((path) => join(folder, path)));
  return { names: loaded.files.map((file) => relative(folder, file.file)), notices: loaded.notices };
}

const marker = 'SecMarker A\n';

describe('loadRuleFiles', () => {
  it('loads files in the order given', (test) => {
    const { names } = loadedNames(test, { 'b.conf': marker, 'a.conf': marker }, ['b.conf', 'a.conf']);
    assert.deepEqual(names, ['b.conf', 'a.conf']);
  });

  it('loads the .conf files of a folder in order of name', (test) => {
    const { names } = loadedNames(test, {
      'b.conf': marker,
      'a.conf': marker,
      'c.data': '',
      '.d.conf': marker,
      'e.conf.example': marker,
      'sub/f.conf': marker,
    });
    assert.deepEqual(names, ['a.conf', 'b.conf']);
  });

  it('loads a release: its set-up first', (test) => {
    const found = loadedNames(test, {
      'crs-setup.conf': marker,
      'crs-setup.conf.example': marker,
      'rules/a.conf': marker,
    });
    assert.deepEqual(found, { names: ['crs-setup.conf', 'rules/a.conf'], notices: [] });
  });

  it('takes the example of the set-up with a notice', (test) => {
    const { names, notices } = loadedNames(test, { 'crs-setup.conf.example': marker, 'rules/a.conf': marker });
    assert.deepEqual(names, ['crs-setup.conf.example', 'rules/a.conf']);
    assert.equal(notices.length, 1);
    assert.match(notices[0] ?? '', /crs-setup\.conf does not exist: .*crs-setup\.conf\.example is used/);
  });

  it('loads the plugins of a release around its rules, and says so', (test) => {
    const { names, notices } = loadedNames(test, {
      'crs-setup.conf': marker,
      'rules/a.conf': marker,
      'plugins/empty-config.conf': marker,
      'plugins/b-before.conf': marker,
      'plugins/b-config.conf': marker,
      'plugins/b-after.conf': marker,
      'plugins/a-after.conf': marker,
      'plugins/a-after.conf.example': marker,
      'plugins/other.conf': marker,
    });
    assert.deepEqual(names, [
      'crs-setup.conf',
      'plugins/b-config.conf',
      'plugins/empty-config.conf',
      'plugins/b-before.conf',
      'rules/a.conf',
      'plugins/a-after.conf',
      'plugins/b-after.conf',
    ]);
    assert.equal(notices.length, 1);
    assert.match(notices[0] ?? '', /^5 files of .*plugins are loaded: configurations and \*-before\.conf ahead of/);
  });

  it('loads a pack in the order its list gives', (test) => {
    const { names } = loadedNames(test, {
      'pack.yaml': 'name: x\nfiles:\n  - b.conf\n  - sub/a.conf\n',
      'b.conf': marker,
      'sub/a.conf': marker,
      'c.conf': marker,
    });
    assert.deepEqual(names, ['b.conf', 'sub/a.conf']);
  });

  it('refuses a path that is nothing, and a folder without rules', (test) => {
    const folder = ruleFolder(test, { 'a.txt': '' });
    assert.throws(() => loadRuleFiles([join(folder, 'no')]), /no such file or folder/);
    assert.throws(() => loadRuleFiles([folder]), /the folder holds no \.conf file/);
  });

  it('reports the errors of all files together', (test) => {
    const folder = ruleFolder(test, { 'a.conf': 'SecFoo\nSecRule ARGS "@foo"', 'b.conf': 'SecRule ARGZ a' });
    assert.throws(
      () => loadRuleFiles([folder]),
      (error) => {
        assert.ok(error instanceof SeclangErrors);
        assert.deepEqual(
          error.errors.map((one) => one.message.replace(`${folder}/`, '')),
          [
            'a.conf:1:1: unknown directive "SecFoo"',
            'a.conf:2:15: unknown operator "@foo"',
            'b.conf:1:9: unknown variable "ARGZ", did you mean ARGS?',
          ],
        );
        return true;
      },
    );
  });

  it('reads data files beside the rule that names them', (test) => {
    const folder = ruleFolder(test, {
      'sub/a.conf': 'SecRule ARGS "@pmFromFile x.data" "id:1"',
      'sub/x.data': '# c\na b\nc\n',
    });
    const loaded = loadRuleFiles([join(folder, 'sub')]);
    const location = loaded.files[0]?.statements[0]?.location;
    assert.ok(location !== undefined);
    assert.deepEqual(
      loaded.data(location, 'x.data').map(({ text, location: { line } }) => [text, line]),
      [
        ['a b', 2],
        ['c', 3],
      ],
    );
    assert.throws(() => loaded.data(location, 'y.data'), /a\.conf:1:1: cannot read/);
  });

  it('loads the CRS with every data file it names', { skip: crsMissing }, () => {
    const loaded = loadRuleFiles([crsFolder]);
    assert.ok(loaded.files.length >= 28);
    let lists = 0;
    for (const file of loaded.files) {
      for (const statement of file.statements) {
        if (statement.kind !== 'rule' || !statement.operator?.name.endsWith('FromFile')) continue;
        lists++;
        assert.ok(loaded.data(statement.location, statement.operator.argument).length > 0, statement.operator.argument);
      }
    }
    assert.ok(lists >= 20, `only ${lists} lists were read`);
  });
});
