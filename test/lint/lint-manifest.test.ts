import { describe, expect, it } from 'vitest';
import { lintManifest } from '../../src/lint/lint-manifest.ts';
import { readManifest } from '../../src/pack/manifest.ts';
import type { Rule } from '../../src/seclang/ast.ts';
import { parseRuleText } from '../../src/seclang/parser.ts';

const complete = `name: a
version: 1.0.0
vendor: a
license: b
description: c
engine: ">=0.0.1"
ids: [1-9]
maturity: { stable: [1-9] }
changelog: { 1.0.0: first }
files: [a.conf]
`;
const rules = parseRuleText('a.conf', 'SecRule ARGS "@gt %{tx.limit}" "id:1,deny"\nSecRule ARGS "@rx a" "id:2,deny"')
  .file.statements as readonly Rule[];

describe('lintManifest', () => {
  const lint = (text: string) =>
    lintManifest(
      readManifest(Buffer.from(text), 'pack.yaml', () => true),
      rules,
      'pack.yaml',
    ).map(({ kind, message }) => `${kind} ${message}`);

  const cases: readonly (readonly [more: string, ...found: readonly string[]])[] = [
    [''],
    ['renamed: { 5: 1, 6: 5 }\nretired: { 7: gone }\nskipped: { 8: lua }'],
    ['renamed: { 5: 9 }', 'id-gone "renamed" says that 5 is now 9, but no rule has that id'],
    ['renamed: { 5: 7 }\nretired: { 7: gone }'],
    ['renamed: { 5: 5 }', 'id-gone "renamed" leads from 5 in a circle'],
    ['renamed: { 5: 6, 6: 7, 7: 6 }', ...[5, 6, 7].map((id) => `id-gone "renamed" leads from ${id} in a circle`)],
    ['renamed: { 5: 1 }\nretired: { 5: gone }', 'id-gone "renamed" and "retired" both list 5'],
    ['renamed: { 1: 2 }', 'id-gone "renamed" lists 1, but a rule still has it'],
    ['retired: { 1: gone }', 'id-gone "retired" lists 1, but a rule still has it'],
    ['skipped: { 2: lua }', 'id-gone "skipped" lists 2, but a rule still has it'],
    ['settings: [{ name: limit, type: number, default: 1, what: w }]'],
    [
      'settings: [{ name: limits, type: number, default: 1, what: w }]',
      'setting-unused no rule reads the setting "limits", TX:limits',
    ],
  ];
  for (const [more, ...found] of cases) {
    it(`finds ${found.length} in ${more}`, () => expect(lint(complete + more)).toStrictEqual(found));
  }

  it('requires what users must know', () => {
    expect(lint('files: [a.conf]')).toHaveLength(7);
    expect(lint(complete.replace('changelog: { 1.0.0:', 'changelog: { 0.9.0:'))).toStrictEqual([
      'manifest-incomplete "changelog" has no entry for 1.0.0',
    ]);
  });
});
