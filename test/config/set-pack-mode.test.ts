import { describe, expect, it } from 'vitest';
import { type PackPromotion, setPackMode } from '../../src/config/set-pack-mode.ts';

const block: PackPromotion = { name: 'acme', version: '0.2.0', mode: { kind: 'block' } };
const shadow: PackPromotion = { ...block, mode: { kind: 'shadow', percent: 5 } };

describe('setPackMode', () => {
  const cases: readonly (readonly [
    what: string,
    text: string,
    promotion: PackPromotion,
    after: string,
    before?: string,
  ])[] = [
    [
      'replaces a mode and nothing else',
      '# ours\nrules:   [x]\npacks:\n- name: acme   # the shop\n  version: 0.2.0\n  mode: "shadow 5 %"  # since May\nlogLevel: warn\n',
      block,
      '# ours\nrules:   [x]\npacks:\n- name: acme   # the shop\n  version: 0.2.0\n  mode: "block"  # since May\nlogLevel: warn\n',
      'shadow 5 %',
    ],
    [
      'replaces one in a list on one line',
      'packs: [{name: acme, version: 0.1.0, mode: block}, {mode: detect, name: acme, version: 0.2.0}]',
      shadow,
      'packs: [{name: acme, version: 0.1.0, mode: block}, {mode: "shadow 5 %", name: acme, version: 0.2.0}]',
      'detect',
    ],
    [
      'adds a mode',
      'packs:\n  - version: 0.2.0\n    name: acme\n    settings: {a: 1}\n',
      shadow,
      'packs:\n  - version: 0.2.0\n    name: acme\n    mode: "shadow 5 %"\n    settings: {a: 1}\n',
    ],
    [
      'adds a mode on one line',
      'packs: [{ name: acme, version: 0.2.0 }]',
      block,
      'packs: [{ name: acme, mode: "block", version: 0.2.0 }]',
    ],
    [
      'puts a version before the others',
      'packs:\n    - name: acme\n      version: 0.1.0\n',
      block,
      'packs:\n    - { name: acme, version: "0.2.0", mode: "block" }\n    - name: acme\n      version: 0.1.0\n',
    ],
    [
      'puts a version before others on one line',
      'packs: [ { name: acme } ]',
      block,
      'packs: [ { name: acme, version: "0.2.0", mode: "block" }, { name: acme } ]',
    ],
    ['begins a list', 'rules: [x]', block, 'rules: [x]\npacks:\n  - { name: acme, version: "0.2.0", mode: "block" }\n'],
    ['begins a file', '', block, 'packs:\n  - { name: acme, version: "0.2.0", mode: "block" }\n'],
    [
      'is about a profile',
      'packs: [{ name: acme, version: 0.2.0, mode: detect }]\nprofiles:\n  api:\n    packs: [{ name: acme, version: 0.2.0, mode: detect }]\n',
      { ...block, profile: 'api' },
      'packs: [{ name: acme, version: 0.2.0, mode: detect }]\nprofiles:\n  api:\n    packs: [{ name: acme, version: 0.2.0, mode: "block" }]\n',
      'detect',
    ],
  ];
  for (const [what, text, promotion, after, before] of cases) {
    it(what, () => expect(setPackMode(text, promotion)).toStrictEqual({ text: after, before }));
  }

  for (const [what, text, promotion, message] of [
    ['a profile that is not there', 'rules: [x]', { ...block, profile: 'api' }, /no profile "api"/],
    [
      'a profile without the list',
      'profiles: {api: {mode: block}}',
      { ...block, profile: 'api' },
      /has no "packs": write the entry by hand/,
    ],
    ['a list that is empty', 'packs: []', block, /"packs" is empty/],
    ['what is not a list', 'packs: {}', block, /not a list/],
    ['a file on one line', '{rules: [x]}', block, /one key per line/],
    ['no YAML', 'a: [', block, /./],
  ] as const) {
    it(`refuses ${what}`, () =>
      expect(() => setPackMode(text, promotion)).toThrow(
        expect.objectContaining({ code: 'config.invalid', message: expect.stringMatching(message) as string }),
      ));
  }
});
