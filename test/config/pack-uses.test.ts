// Packs in a configuration, from its text to the rules that run.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { configOf } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import { packFiles } from '../pack/pack-files.ts';
import { ruleFolder } from '../seclang/rule-folder.ts';

function profilesOf(test: TestContext, text: string) {
  const folder = ruleFolder(test, {});
  const file = join(folder, 'weir.yaml');
  writeFileSync(file, `rules: [${ruleFolder(test, packFiles())}]\n${text}`);
  const { cache: _, ...settings } = loadConfig(file);
  return configOf(settings as Parameters<typeof configOf>[0]).profiles;
}

describe('packs of a configuration', () => {
  it('count from the profile outwards', (test) => {
    const profiles = profilesOf(
      test,
      `packs:
  - { name: acme, version: ^1.0.0, mode: block, settings: { a: 1, b: true, c: x, d: [y] } }
profiles:
  api:
    packs: [{ name: acme, mode: "shadow 5 %" }]
  other:
    extends: api
    rules: [starter]
`,
    );
    expect(profiles.get('default')?.packUses).toMatchObject([
      {
        name: 'acme',
        version: '^1.0.0',
        mode: { kind: 'block' },
        location: { line: 3, column: 5 },
        settings: {
          a: { value: 1, location: { line: 3, column: 64 }, keyLocation: { line: 3, column: 61 } },
          b: { value: true },
          c: { value: 'x' },
          d: { value: ['y'] },
        },
      },
    ]);
    expect(profiles.get('api')?.packUses.map(({ mode }) => mode?.kind)).toStrictEqual(['shadow', 'block']);
    const marks = (name: string) => profiles.get(name)?.packUses.map(({ isInherited }) => isInherited);
    expect([marks('default'), marks('api'), marks('other')]).toStrictEqual([
      [undefined],
      [undefined, undefined],
      [true, true],
    ]);
  });

  for (const [what, text, message] of [
    [
      'an unknown key',
      'packs: [{ name: acme, mod: block }]',
      /weir\.yaml:2:23: unknown name "mod", did you mean mode\?/,
    ],
    ['no name', 'packs: [{ mode: block }]', /weir\.yaml:2:9: name is missing/],
    ['a name that no pack can have', 'packs: [{ name: A B }]', /"A B" is not a pack name/],
    [
      'a mode that there is not',
      'packs: [{ name: a, mode: shadow }]',
      /weir\.yaml:2:26: "shadow" is not one of block, detect and "shadow N %"/,
    ],
    ['no range', 'packs: [{ name: a, version: newest }]', /"newest" is not a version range/],
    ['a setting that is a mapping', 'packs: [{ name: a, settings: { x: {} } }]', /x must be a text, a whole number/],
    ['a number below 0', 'packs: [{ name: a, settings: { x: -1 } }]', /x must be a whole number from 0 up, got -1/],
    ['a pack by itself', 'packs: { name: a }', /packs must be a list/],
  ] as const) {
    it(`refuse ${what}`, (test) => expect(() => profilesOf(test, text)).toThrow(message));
  }
});
