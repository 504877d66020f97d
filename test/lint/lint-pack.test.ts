import { describe, expect, it } from 'vitest';
import { lintPack } from '../../src/lint/lint-pack.ts';
import { completeManifest as complete, packFiles } from '../pack/pack-files.ts';

const lint = async (files: Readonly<Record<string, string>>) => {
  const bytes = new Map(Object.entries(packFiles(files)).map(([path, text]) => [path, Buffer.from(text)] as const));
  return (await lintPack('acme', bytes, { withTests: false })).map(
    ({ kind, file, line, column, ruleId }) => `${file}:${line}:${column} ${ruleId ?? '-'} ${kind}`,
  );
};
const rule = (id: number, operator: string, more = '') =>
  `SecRule ARGS_NAMES "${operator}" "id:${id},phase:2,deny,t:none,nolog${more}"\n`;

describe('lintPack', () => {
  it('finds nothing wrong with a complete pack', async () => {
    expect(await lint({ manifest: complete, 'rules.conf': rule(1, '@rx a') })).toStrictEqual([]);
  });

  it('requires what users must know', async () => {
    expect(await lint({ 'rules.conf': rule(1, '@rx a') })).toStrictEqual(
      Array.from({ length: 7 }, () => 'acme/pack.yaml:1:1 - manifest-incomplete').slice(0, 7),
    );
  });

  const cases: readonly (readonly [what: string, text: string, found: readonly string[]])[] = [
    ['text that cannot be read', 'SecRul ARGS a\n', ['1:1 - rule-refused']],
    ['a rule that cannot run', rule(1, '@rbl a'), ['1:1 1 rule-refused']],
    ['an id out of range', rule(10, '@rx a'), ['1:1 - id-range', '1:1 - maturity-missing']],
    ['an id without maturity', rule(9, '@rx a'), ['1:1 - maturity-missing']],
    ['an id twice', rule(1, '@rx a') + rule(1, '@rx b'), ['2:1 1 id-taken']],
    ['what can never match', rule(1, '@rx A', ',t:lowercase'), ['1:1 1 never-matches']],
    [
      'what only RE2 can run',
      rule(1, `@rx ${'(?:'.repeat(32)}a${')*'.repeat(32)}b`),
      ['1:1 1 backtracking', '1:1 1 slow-engine'],
    ],
  ];
  for (const [what, text, found] of cases) {
    it(`sees ${what}`, async () => {
      const seen = await lint({ manifest: complete, 'rules.conf': text });
      expect(seen.map((one) => one.replace('acme/rules.conf:', ''))).toStrictEqual(found);
    });
  }

  it('requires that each setting is read', async () => {
    const setting = (name: string) => `{ name: ${name}, type: number, default: 1, what: w }`;
    const manifest = `${complete}settings: [${setting('used')}, ${setting('unused')}]\n`;
    expect(await lint({ manifest, 'rules.conf': rule(1, '@gt %{tx.used}') })).toStrictEqual([
      'acme/pack.yaml:1:1 - setting-unused',
    ]);
  });

  it('accepts a CRS plugin without the CRS', async () => {
    expect(await lint({ manifest: `${complete}kind: crs-plugin\n`, 'rules.conf': rule(1, '@rx a') })).toStrictEqual([]);
  });

  it('refuses a manifest that cannot be read', async () => {
    await expect(lint({ 'pack.yaml': 'files: [x.conf]\nname: a' })).rejects.toThrow(
      /^acme\/pack\.yaml:1:9: "x\.conf" does/,
    );
  });
});
