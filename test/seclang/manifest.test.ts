import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { constants } from '../../src/base/constants.ts';
import { WafError } from '../../src/base/errors.ts';
import { readManifest } from '../../src/seclang/manifest.ts';
import { FileReader, rootOf } from '../../src/seclang/rule-file.ts';
import { ruleFolder } from './rule-folder.ts';

function read(test: TestContext, files: Readonly<Record<string, string>>): readonly string[] {
  const folder = ruleFolder(test, files);
  const source = { reader: new FileReader(), root: rootOf(folder, true) };
  return readManifest(folder, join(folder, 'pack.yaml'), source).map((file) => file.slice(folder.length + 1));
}

describe('readManifest', () => {
  it('lists the files in their order', (test) => {
    const files = { 'pack.yaml': 'files: [b.conf, ./sub/../a.conf]', 'a.conf': '', 'b.conf': '' };
    expect(read(test, files)).toStrictEqual(['b.conf', 'a.conf']);
  });

  it('takes names that only look as if they led out', (test) => {
    const files = { 'pack.yaml': 'files: [..a.conf, ...b/c.conf]', '..a.conf': '', '...b/c.conf': '' };
    expect(read(test, files)).toStrictEqual(['..a.conf', '...b/c.conf']);
  });

  const wrong: readonly (readonly [name: string, pack: string, message: RegExp])[] = [
    ['without files', 'name: x', /pack\.yaml: "files" must be a list of rule files/],
    ['that is empty', '# nothing', /pack\.yaml: it must have "files"/],
    ['that is a list', '- a.conf', /pack\.yaml: it must have "files"/],
    [
      'with another word for files',
      'name: x\nrules: [a.conf]',
      /pack\.yaml:2: "rules" is not known; a manifest has files/,
    ],
    ['with a key too many', 'files: [.]\n\nFiles: [.]', /pack\.yaml:3: "Files" is not known/],
    ['with a number for a key', '1: x', /pack\.yaml:1: "1" is not known/],
    ['with a list for a key', '? [a]\n: x', /pack\.yaml:1: "a key that is no text" is not known/],
    ['with a key twice', 'files: [.]\nfiles: [.]', /pack\.yaml: .*unique.*line 2/s],
    ['with a text for a list', 'name: x\nfiles: a.conf', /pack\.yaml:2: "files" must be a list/],
    ['with a list in the list', 'files:\n- [b.conf]', /pack\.yaml:2: a file name is/],
    ['with an alias for the list', 'name: &a [x]\nfiles: *a', /pack\.yaml:2: "files" must be a list/],
    ['with an empty list', 'files: []', /"files" must be a list/],
    ['that is no YAML', 'files: [', /pack\.yaml: /],
    ['with a name that is no text', 'files: [1]', /a file name is 1/],
    ['with a missing file', 'files: [no.conf]', /pack\.yaml:1: "no\.conf" does not exist/],
    ['with a folder', 'files: [.]', /"\." does not exist/],
    ['with a name that no file can have', 'files: ["a\\0b"]', /does not exist/],
    ['with a file outside', 'files: [../a.conf]', /"\.\.\/a\.conf" is outside the pack/],
    ['with the folder above', 'files: [..]', /"\.\." is outside the pack/],
    ['with an absolute path', 'files: [/etc/passwd]', /"\/etc\/passwd" is outside the pack/],
    ['above the bound', `files: [a]\n#${'x'.repeat(constants.ruleFileBytesMax)}`, /it is larger than \d+ bytes/],
    [
      'whose aliases multiply',
      `name: &a [${'x,'.repeat(99)}]\n${bomb()}\nfiles: *i`,
      /pack\.yaml:\d+: "b" is not known/,
    ],
  ];
  for (const [name, pack, message] of wrong) {
    it(`refuses a manifest ${name}`, (test) => {
      expect(() => read(test, { 'pack.yaml': pack })).toThrow(
        expect.toSatisfy(
          (error) => error instanceof WafError && error.code === 'config.invalid' && message.test(error.message),
        ),
      );
    });
  }
});

/** Nine levels of lists that hold the level below nine times. */
function bomb(): string {
  const nine = (name: string) => `[${Array.from({ length: 9 }, () => `*${name}`).join()}]`;
  return [...'bcdefghi'].map((name, level) => `${name}: &${name} ${nine('abcdefgh'[level] as string)}`).join('\n');
}
