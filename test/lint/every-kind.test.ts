// Each kind of finding with the whole of lint: a pack that has it, and one that almost does.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type FindingKind, findingKinds } from '../../src/lint/finding.ts';
import { formatFindings } from '../../src/lint/format.ts';
import { lintPack } from '../../src/lint/lint-pack.ts';
import { completeManifest as manifest, packFiles } from '../pack/pack-files.ts';

const all = 'ARGS|ARGS_NAMES|REQUEST_COOKIES|REQUEST_COOKIES_NAMES|FILES';
const actions = "phase:2,deny,status:403,t:none,msg:'m',tag:'t'";
const rule = (id: number, { targets = all, operator = '@contains attack', more = actions } = {}): string =>
  `SecRule ${targets} "${operator}" "id:${id},${more}"\n`;
const quiet = (id: number, operator: string, more = ''): string =>
  `SecRule ARGS_NAMES "${operator}" "id:${id},phase:2,deny,t:none,nolog${more}"\n`;

const test = (query: string, expectation: string): string => `  - test_id: ${query.length}
    stages:
      - input: { method: GET, uri: "/?q=${query}", headers: { Host: h } }
        output: { log: { ${expectation} } }
`;
const attack = test('attack', 'expect_ids: [1]');
const nearMiss = test('tack', 'no_expect_ids: [1]');
const tests = (...some: readonly string[]): string => `meta: { author: a }\nrule_id: 1\ntests:\n${some.join('')}`;

interface Pack {
  readonly rules: string;
  readonly manifest?: string;
  readonly tests?: string;
}

/** How long each of some rules takes, in milliseconds; 0.5 without a rule. */
function clockFor(...rules: readonly number[]): () => number {
  // Rehearsals, the rules, and no rule; the clock is read once for each of 2 rounds, and twice for each of 12.
  const durations = [...Array.from({ length: 20 }, () => 0.5), ...rules, 0.5];
  let looks = 0;
  let now = 0;
  return () => {
    if (looks % 2 === 1) now += durations[Math.floor(looks / 26)] ?? 0;
    looks += 1;
    return now;
  };
}

async function kindsOf({ rules, manifest: more = manifest, tests: suite }: Pack, costs: readonly number[] = []) {
  const files = packFiles({
    manifest: more,
    'rules.conf': rules,
    ...(suite === undefined ? {} : { 'tests/1.yaml': suite }),
  });
  const bytes = new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)] as const));
  const cost = costs.length === 0 ? {} : { withCost: true, clockMs: clockFor(...costs) };
  return lintPack('acme', bytes, { ...cost });
}

const one: Pack = { rules: rule(1), tests: tests(attack, nearMiss) };
const quietPack = (...rules: readonly string[]): Pack => ({ rules: rules.join('') });
const costing = (dearest: number): readonly [Pack, readonly number[]] => [
  quietPack(quiet(1, '@rx a'), quiet(2, '@rx b'), quiet(3, '@rx c')),
  [1, 1, dearest],
];

/** By kind: a pack that has it, and one that almost does. */
const cases: Readonly<Record<FindingKind, readonly [has: Pack, near: Pack, costs?: readonly (readonly number[])[]]>> = {
  'manifest-incomplete': [{ ...one, manifest: manifest.replace('vendor: a\n', '') }, one],
  'rule-refused': [quietPack(quiet(1, '@rx (?<!a)b')), quietPack(quiet(1, '@rx (?:^|[^a])b'))],
  'id-range': [quietPack(quiet(10, '@rx a')), quietPack(quiet(8, '@rx a'))],
  'id-taken': [quietPack(quiet(1, '@rx a'), quiet(1, '@rx b')), quietPack(quiet(1, '@rx a'), quiet(2, '@rx b'))],
  'maturity-missing': [quietPack(quiet(9, '@rx a')), quietPack(quiet(8, '@rx a'))],
  'id-gone': [
    { ...one, manifest: `${manifest}retired: { 1: gone }\n` },
    { ...one, manifest: `${manifest}retired: { 2: gone }\n` },
  ],
  'setting-unused': [
    {
      ...quietPack(quiet(1, '@gt 5')),
      manifest: `${manifest}settings: [{ name: a, type: number, default: 5, what: w }]\n`,
    },
    {
      ...quietPack(quiet(1, '@gt %{tx.a}')),
      manifest: `${manifest}settings: [{ name: a, type: number, default: 5, what: w }]\n`,
    },
  ],
  'test-attack': [{ ...one, tests: tests(nearMiss) }, one],
  'test-near-miss': [{ ...one, tests: tests(attack) }, one],
  'test-fails': [{ ...one, tests: tests(attack, nearMiss, test('nothing', 'expect_ids: [1]')) }, one],
  'never-matches': [
    quietPack(quiet(1, '@contains A', ',t:lowercase')),
    quietPack(quiet(1, '@contains a', ',t:lowercase')),
  ],
  shadowed: [
    quietPack(quiet(1, '@rx a'), quiet(2, '@rx a')),
    quietPack(quiet(1, '@rx a'), quiet(2, '@rx a', ',t:lowercase')),
  ],
  'transform-none': [
    { ...one, rules: rule(1, { more: actions.replace('t:none,', '') }) },
    { ...one, rules: rule(1, { more: actions.replace('t:none,', 't:none,t:lowercase,') }) },
  ],
  'capture-unused': [
    quietPack(quiet(1, '@rx (a)', ',capture')),
    quietPack(quiet(1, '@rx (a)', ',capture,setvar:tx.found=%{tx.1}')),
  ],
  'message-missing': [{ ...one, rules: rule(1, { more: actions.replace("msg:'m',", '') }) }, one],
  'tag-missing': [{ ...one, rules: rule(1, { more: actions.replace(",tag:'t'", '') }) }, one],
  'tag-odd': [
    { ...one, rules: rule(1, { more: actions.replace("'t'", "'an attack'") }) },
    {
      ...one,
      // Weir adds a tag of its own to rules that are not stable.
      manifest: manifest.replace('stable', 'sandbox'),
      rules: rule(1, { more: actions.replace("'t'", "'an-attack/v1.0'") }),
    },
  ],
  expensive: [costing(100)[0], costing(2)[0], [costing(100)[1], costing(2)[1]]],
  'targets-forgotten': [{ ...one, rules: rule(1, { targets: 'ARGS' }) }, one],
  backtracking: [quietPack(quiet(1, '@rx ^(a+)+$')), quietPack(quiet(1, '@rx ^a+$'))],
  'slow-engine': [quietPack(quiet(1, '@rx a$^b')), quietPack(quiet(1, '@rx ^ab$'))],
};

describe('lintPack', () => {
  for (const [kind, [has, near, costs = []]] of Object.entries(cases)) {
    it(`reports ${kind} with its place, but not in the pack that almost has it`, async () => {
      const found = (await kindsOf(has, costs[0])).filter((one) => one.kind === kind);
      expect(found).not.toStrictEqual([]);
      for (const { file, line, column } of found) {
        expect(file).toMatch(/^acme\/(?:pack\.yaml|rules\.conf|tests\/1\.yaml)$/);
        expect([line, column].every((place) => place >= 1)).toBe(true);
      }
      expect((await kindsOf(near, costs[1])).filter((one) => one.kind === kind)).toStrictEqual([]);
    });
  }

  it('explains for RE2-only patterns what that means for long values', async () => {
    const [slow] = (await kindsOf(cases['slow-engine'][0])).filter(({ kind }) => kind === 'slow-engine');
    expect(slow?.message).toMatch(/only RE2 can run a pattern: .*; long values are scanned in overlapping windows$/);
  });

  it('compares a rule’s cost with the median of its pack', async () => {
    const [expensive] = (await kindsOf(costing(100)[0], costing(100)[1])).filter(({ kind }) => kind === 'expensive');
    expect(expensive).toMatchObject({
      line: 3,
      message: expect.stringMatching(/^\d+\.\d us per KiB, but the median is \d+\.\d$/),
    });
  });

  it('links each kind to an existing explanation', () => {
    const { runs } = JSON.parse(formatFindings([], 'sarif')) as {
      runs: [{ tool: { driver: { rules: { id: string; helpUri: string }[] } } }];
    };
    const links = runs[0].tool.driver.rules;
    expect(links.map(({ id }) => id)).toStrictEqual(Object.keys(findingKinds));
    for (const { helpUri } of links) {
      const { hash } = new URL(helpUri);
      const page = fileURLToPath(helpUri);
      expect(existsSync(page)).toBe(true);
      expect(readFileSync(page, 'utf8')).toContain(`\n### ${hash.slice(1)}\n`);
    }
  });
});
