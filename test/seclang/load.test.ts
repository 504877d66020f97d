import { join, relative } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { SeclangErrors } from '../../src/seclang/seclang-error.ts';
import { crsFolder, crsMissing } from '../support/crs-folder.ts';
import { loadRuleFiles } from '../support/rule-files.ts';
import { ruleFolder } from './rule-folder.ts';

/** Names of the loaded files in order, relative to the folder. */
function loadedNames(test: TestContext, files: Readonly<Record<string, string>>, paths = ['']) {
  const folder = ruleFolder(test, files);
  const loaded = loadRuleFiles(paths.map((path) => join(folder, path)));
  return { names: loaded.files.map((file) => relative(folder, file.file)), notices: loaded.notices };
}

const marker = 'SecMarker A\n';

describe('readLayouts', () => {
  it('loads files in the order given', (test) => {
    const { names } = loadedNames(test, { 'b.conf': marker, 'a.conf': marker }, ['b.conf', 'a.conf']);
    expect(names).toStrictEqual(['b.conf', 'a.conf']);
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
    expect(names).toStrictEqual(['a.conf', 'b.conf']);
  });

  it('loads a release: its set-up first', (test) => {
    const found = loadedNames(test, {
      'crs-setup.conf': marker,
      'crs-setup.conf.example': marker,
      'rules/a.conf': marker,
    });
    expect(found).toStrictEqual({ names: ['crs-setup.conf', 'rules/a.conf'], notices: [] });
  });

  it('uses the example of the set-up with a notice', (test) => {
    const { names, notices } = loadedNames(test, { 'crs-setup.conf.example': marker, 'rules/a.conf': marker });
    expect(names).toStrictEqual(['crs-setup.conf.example', 'rules/a.conf']);
    expect(notices.length).toBe(1);
    expect(notices[0] ?? '').toMatch(/crs-setup\.conf does not exist: .*crs-setup\.conf\.example is used/);
  });

  it('loads the plugins of a release around its rules, and reports it', (test) => {
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
    expect(names).toStrictEqual([
      'crs-setup.conf',
      'plugins/b-config.conf',
      'plugins/empty-config.conf',
      'plugins/b-before.conf',
      'rules/a.conf',
      'plugins/a-after.conf',
      'plugins/b-after.conf',
    ]);
    expect(notices.length).toBe(1);
    expect(notices[0] ?? '').toMatch(
      /^5 files of .*plugins are loaded: configurations and \*-before\.conf before the rules/,
    );
  });

  it('rejects a path that does not exist, and a folder without rules', (test) => {
    const folder = ruleFolder(test, { 'a.txt': '' });
    expect(() => loadRuleFiles([join(folder, 'no')])).toThrow(/no such file or folder/);
    expect(() => loadRuleFiles([folder])).toThrow(/the folder contains no \.conf file/);
  });

  it('reports the errors of all files together', (test) => {
    const folder = ruleFolder(test, { 'a.conf': 'SecFoo\nSecRule ARGS "@foo"', 'b.conf': 'SecRule ARGZ a' });
    expect(() => loadRuleFiles([folder])).toThrow(
      expect.toSatisfy((error) => {
        expect.assert(error instanceof SeclangErrors);
        expect(error.errors.map((one) => one.message.replace(`${folder}/`, ''))).toStrictEqual([
          'a.conf:1:1: unknown directive "SecFoo"',
          'a.conf:2:15: unknown operator "@foo"',
          'b.conf:1:9: unknown variable "ARGZ", did you mean ARGS?',
        ]);
        return true;
      }),
    );
  });

  it('reads data files next to the rule that names them', (test) => {
    const folder = ruleFolder(test, {
      'sub/a.conf': 'SecRule ARGS "@pmFromFile x.data" "id:1"',
      'sub/x.data': '# c\na b\nc\n',
    });
    const loaded = loadRuleFiles([join(folder, 'sub')]);
    const location = loaded.files[0]?.statements[0]?.location;
    expect.assert(location !== undefined);
    expect(loaded.data(location, 'x.data').map(({ text, location: { line } }) => [text, line])).toStrictEqual([
      ['a b', 2],
      ['c', 3],
    ]);
    expect(() => loaded.data(location, 'y.data')).toThrow(/a\.conf:1:1: cannot read/);
  });

  it.skipIf(crsMissing)('loads the CRS with every data file it names', () => {
    const loaded = loadRuleFiles([crsFolder]);
    expect(loaded.files.length).toBeGreaterThanOrEqual(28);
    let lists = 0;
    for (const file of loaded.files) {
      for (const statement of file.statements) {
        if (statement.kind !== 'rule' || !statement.operator?.name.endsWith('FromFile')) continue;
        lists++;
        expect(
          loaded.data(statement.location, statement.operator.argument).length,
          statement.operator.argument,
        ).toBeGreaterThan(0);
      }
    }
    expect(lists, `only ${lists} lists were read`).toBeGreaterThanOrEqual(20);
  });
});
