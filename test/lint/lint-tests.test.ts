import { describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { lintCoverage, lintOutcomes, testsOf } from '../../src/lint/lint-tests.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { Rule } from '../../src/seclang/ast.ts';
import { parseRuleText } from '../../src/seclang/parser.ts';
import { planOf } from '../support/exchange.ts';

const suite = (id: number, ...stages: readonly (readonly [value: string, expected: string])[]): Uint8Array =>
  Buffer.from(
    `rule_id: ${id}\ntests:\n${stages
      .map(
        ([value, expected]) =>
          `- stages:\n  - input: { uri: "/?a=${value}", headers: { Host: h } }\n    output: { log: { ${expected} } }\n`,
      )
      .join('')}`,
  );

const rules =
  'SecRule ARGS "@contains x" "id:1,phase:2,deny"\nSecRule TX:a "@eq 1" "id:2,phase:2,deny"\nSecRule ARGS "@eq 1" "id:3,nolog,pass"';

describe('lintCoverage', () => {
  const rulesOf = () =>
    parseRuleText('a.conf', rules).file.statements.filter((one): one is Rule => one.kind === 'rule');
  const kinds = (files: ReadonlyMap<string, Uint8Array>) =>
    lintCoverage(
      rulesOf(),
      testsOf(files, (path) => path),
    ).map(({ kind, ruleId }) => `${ruleId} ${kind}`);

  it('requires an attack and a near miss for each rule that reports and reads an exchange', () => {
    expect(kinds(new Map())).toStrictEqual(['1 test-attack', '1 test-near-miss']);
    expect(kinds(new Map([['t/1.yaml', suite(1, ['x', 'expect_ids: [1]'])]]))).toStrictEqual(['1 test-near-miss']);
    const both = suite(1, ['x', 'expect_ids: [1]'], ['y', 'no_expect_ids: [1]']);
    expect(kinds(new Map([['t/1.yml', both]]))).toStrictEqual([]);
    expect(kinds(new Map([['t/1.txt', both]]))).toHaveLength(2);
  });
});

describe('lintOutcomes', () => {
  it('names the tests that fail, with file and line', async (test) => {
    const plan = await planOf(rules);
    test.onTestFinished(() => closePlan(plan));
    const files = new Map([['1.yaml', suite(1, ['x', 'expect_ids: [1]'], ['x', 'no_expect_ids: [1]'])]]);
    const findings = await lintOutcomes(
      plan,
      testsOf(files, (path) => `pack/${path}`),
      { limits },
    );
    expect(findings.map(({ kind, file, line }) => [kind, file, line])).toStrictEqual([
      ['test-fails', 'pack/1.yaml', 7],
    ]);
    expect(findings[0]?.message).toMatch(/^test 1-2: /);
  });
});
