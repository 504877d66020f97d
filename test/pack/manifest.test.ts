import { describe, expect, it } from 'vitest';
import { constants } from '../../src/base/constants.ts';
import { WafError } from '../../src/base/errors.ts';
import { isPackName, readManifest } from '../../src/pack/manifest.ts';

const present = new Set(['a.conf', 'b.conf', '..a.conf', '...b/c.conf']);
const read = (text: string | Uint8Array) =>
  readManifest(typeof text === 'string' ? Buffer.from(text) : text, 'pack.yaml', (file) => present.has(file));

describe('readManifest', () => {
  it('reads everything in a manifest', () => {
    const manifest = read(`
name: acme-shop
version: 1.2.3
vendor: Acme
license: Apache-2.0
description: Attacks on the shop
author: us
homepage: https://example.org
engine: ">=0.1.0"
ids: [1000-1999, 5000]
dependencies: { base: ^1.0.0 }
notAfter: 2027-02-28
changelog: { 1.2.3: first }
maturity:
  stable: [1000-1500]
  sandbox: [1501]
skipped: { 1700: needs Lua }
renamed: { 1001: 1002 }
retired: { 1003: found nothing }
profile: { mode: block }
settings:
  - { name: shop_limit, type: number, default: 5, what: how many }
files: [b.conf, a.conf]
`);
    expect(manifest).toStrictEqual({
      kind: 'rules',
      name: 'acme-shop',
      version: '1.2.3',
      vendor: 'Acme',
      license: 'Apache-2.0',
      description: 'Attacks on the shop',
      engine: '>=0.1.0',
      ids: [
        { first: 1000, last: 1999 },
        { first: 5000, last: 5000 },
      ],
      dependencies: new Map([['base', '^1.0.0']]),
      notAfter: '2027-02-28',
      changelog: new Map([['1.2.3', 'first']]),
      maturity: new Map([
        ['stable', [{ first: 1000, last: 1500 }]],
        ['sandbox', [{ first: 1501, last: 1501 }]],
      ]),
      skipped: new Map([[1700, 'needs Lua']]),
      renamed: new Map([[1001, 1002]]),
      retired: new Map([[1003, 'found nothing']]),
      patch: undefined,
      profile: [{ path: ['mode'], value: 'block', place: 'pack.yaml:20:18' }],
      settings: [{ name: 'shop_limit', type: 'number', default: '5', what: 'how many' }],
      files: ['b.conf', 'a.conf'],
    });
  });

  it('requires only files', () => expect(read('files: [a.conf]').files).toStrictEqual(['a.conf']));

  it('takes names that only look as if they led out', () => {
    expect(read('files: [..a.conf, ...b/c.conf]').files).toStrictEqual(['..a.conf', '...b/c.conf']);
  });

  const wrong: readonly (readonly [what: string, text: string, message: RegExp])[] = [
    ['without files', 'name: x', /^pack\.yaml:1:1: it must have "files"/],
    ['that is empty', '# nothing', /^pack\.yaml:.*it must have "files"/],
    ['that is a list', '- a.conf', /^pack\.yaml:1:1: the file must be a mapping/],
    [
      'with a misspelt key',
      'files: [a.conf]\nvershun: 1',
      /^pack\.yaml:2:1: unknown name "vershun", did you mean version\?/,
    ],
    ['with a key in another case', 'files: [a.conf]\nFiles: [a.conf]', /^pack\.yaml:2:1: unknown name "Files"/],
    ['with a key twice', 'files: [a.conf]\nfiles: [a.conf]', /^pack\.yaml:2:1: .*unique/],
    ['with a text for a list', 'files: a.conf', /^pack\.yaml:1:8: files must be a list/],
    ['with a list in the list', 'files:\n- [b.conf]', /^pack\.yaml:2:3: .*must be a text, got a list/],
    ['with an alias', 'name: &a x\nfiles: *a', /^pack\.yaml:2:8: \*a: aliases are not allowed here/],
    ['with an empty list', 'files: []', /^pack\.yaml:1:8: files must be a list with at least one entry/],
    ['that is not YAML', 'files: [', /^pack\.yaml:/],
    ['with a name that is not text', 'files: [1]', /must be a text, got 1/],
    ['with a missing file', 'files: [no.conf]', /^pack\.yaml:1:9: "no\.conf" does not exist/],
    ['with a file twice', 'files: [a.conf, a.conf]', /^pack\.yaml:1:17: "a\.conf" is listed twice/],
    ['with a roundabout path', 'files: [x/../a.conf]', /is outside the pack/],
    ['with a file outside', 'files: [../a.conf]', /"\.\.\/a\.conf" is outside the pack/],
    ['with an absolute path', 'files: [/etc/passwd]', /"\/etc\/passwd" is an absolute path/],
    ['with a name of capitals', 'files: [a.conf]\nname: Acme', /^pack\.yaml:2:7: "Acme" is not lower-case letters/],
    ['with a name that is a path', 'files: [a.conf]\nname: ../x', /^pack\.yaml:2:7: /],
    [
      'with a version that is a number',
      'files: [a.conf]\nversion: 1.0',
      /^pack\.yaml:2:10: version must be a text, got 1/,
    ],
    ['with half a version', 'files: [a.conf]\nversion: "1.0"', /"1\.0" is not a version such as 1\.2\.3/],
    ['with a version that another spelling equals', 'files: [a.conf]\nversion: v1.0.0', /is not a version/],
    ['of a kind that there is not', 'files: [a.conf]\nkind: plugin', /one of rules, crs-plugin, virtual-patch/],
    [
      'of a patch without what a patch must have',
      'files: [a.conf]\nkind: virtual-patch',
      /a virtual patch must have "patch"\n.*a virtual patch must have "notAfter"\n.*must have "name"/,
    ],
    [
      'of rules with the scope of a patch',
      'files: [a.conf]\npatch: { cve: CVE-2026-0001, product: x, paths: [/] }',
      /^pack\.yaml:2:8: only a pack of kind virtual-patch can have "patch"/,
    ],
    [
      'of a patch that wants something of the whole profile',
      'kind: virtual-patch\nprofile: { mode: detect }\nfiles: [a.conf]',
      /^pack\.yaml:1:1: .*\n(?:.*\n)*pack\.yaml:2:10: a virtual patch contains rules only: "profile" would apply everywhere/,
    ],
    [
      'with a wrong default for the profile',
      'files: [a.conf]\nprofile: { mode: of }',
      /one of detect, block, got "of"/,
    ],
    ['with no range of engines', 'files: [a.conf]\nengine: new', /"new" is not a version range/],
    ['with ids backwards', 'files: [a.conf]\nids: [9-1]', /^pack\.yaml:2:7: "9-1" is neither an id nor a range/],
    ['with a day that there is not', 'files: [a.conf]\nnotAfter: 2027-02-30', /^pack\.yaml:2:11: .* is not a day/],
    ['with a date for a moment', 'files: [a.conf]\nnotAfter: 2027-02-03T00:00', /is not a day/],
    ['with a level that there is not', 'files: [a.conf]\nmaturity: { stabel: [1] }', /did you mean stable\?/],
    ['with an id of two levels', 'files: [a.conf]\nmaturity: { stable: [1-5], sandbox: [5] }', /1-5 and 5 overlap/],
    ['with a reason for no rule', 'files: [a.conf]\nskipped: { x: y }', /"x" is not the id of a rule/],
    ['with half a setting', 'files: [a.conf]\nsettings: [{name: a}]', /a setting must have "type"/],
    [
      'with a kind of setting that there is not',
      'files: [a.conf]\nsettings: [{name: a, type: int, default: 1, what: b}]',
      /one of number, flag, text, list/,
    ],
    [
      'above the bound',
      `files: [a.conf]\n#${'x'.repeat(constants.packManifestBytesMax)}`,
      /it is larger than \d+ bytes/,
    ],
    [
      'with a range of engines that is too long',
      `files: [a.conf]\nengine: "${'1 '.repeat(101)}"`,
      /not a version range/,
    ],
    [
      'with a dependency on a path',
      'files: [a.conf]\ndependencies: { ../x: "1" }',
      /"\.\.\/x" is not the name of a pack/,
    ],
    [
      'with a dependency on no range',
      'files: [a.conf]\ndependencies: { x: newest }',
      /"newest" is not a version range/,
    ],
    ['with changes of half a version', 'files: [a.conf]\nchangelog: { "1.2": x }', /"1\.2" is not a version such as/],
    ['with changes that are a number', 'files: [a.conf]\nchangelog: { 1.2.3: 5 }', /1\.2\.3 must be a text, got 5/],
    [
      'with a new id that is a text',
      'files: [a.conf]\nrenamed: { 1: x }',
      /1 must be a positive whole number, got "x"/,
    ],
    ['with an id of 16 digits', 'files: [a.conf]\nretired: { 1234567890123456: x }', /is not the id of a rule/],
    ['with ids that are no list', 'files: [a.conf]\nids: 5', /ids must be a list with at least one entry, got 5/],
    ['with a list among the ids', 'files: [a.conf]\nids: [[5]]', /must be a text, got a list/],
    ['with a level that is a text', 'files: [a.conf]\nmaturity: { stable: x }', /stable must be a list/],
    ['with reasons in a list', 'files: [a.conf]\nskipped: [1]', /skipped must be a mapping, NAME: VALUE, got a list/],
    ['of two documents', 'files: [a.conf]\n---\nfiles: [b.conf]', /^pack\.yaml:2:1: a second document/],
    ['whose aliases multiply', `a: &a [x]\n${bomb()}\nfiles: *i`, /aliases are not allowed here/],
  ];
  for (const [what, text, message] of wrong) {
    it(`refuses a manifest ${what}`, () => {
      expect(() => read(text)).toThrow(
        expect.toSatisfy(
          (error) => error instanceof WafError && error.code === 'config.invalid' && message.test(error.message),
        ),
      );
    });
  }

  it('refuses bytes that are not UTF-8', () => {
    expect(() => read(Buffer.from('files: [a.conf] # \xff', 'latin1'))).toThrow(/^pack\.yaml: it is not UTF-8$/);
  });

  it('tells all problems at once', () => {
    expect(() => read('files: [no.conf]\nversion: x\nids: [a]')).toThrow(/:1:9: .*\n.*:2:10: .*\n.*:3:7: /);
  });
});

describe('isPackName', () => {
  it('takes what every file system and registry takes', () => {
    const names = [
      'a',
      '0a',
      'acme-shop_2.x',
      'a'.repeat(64),
      '',
      '-a',
      '.a',
      'A',
      'a/b',
      'a..b',
      'a b',
      'é',
      'a'.repeat(65),
    ];
    expect(names.filter(isPackName)).toStrictEqual(['a', '0a', 'acme-shop_2.x', 'a'.repeat(64)]);
  });
});

/** Eight levels of lists that hold the level below nine times. */
function bomb(): string {
  const nine = (name: string) => `[${Array.from({ length: 9 }, () => `*${name}`).join()}]`;
  return [...'bcdefghi'].map((name, level) => `${name}: &${name} ${nine('abcdefgh'[level] as string)}`).join('\n');
}
