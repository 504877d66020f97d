// Whether tests show what a rule is for: an attack that it finds, and something similar that it lets pass; and whether they hold.

import { engineTarget, type InspectionConditions } from '../ftw/engine-target.ts';
import { runTests } from '../ftw/runner.ts';
import type { FtwTest } from '../ftw/suite.ts';
import { readSuite } from '../ftw/suite-reader.ts';
import type { Plan } from '../plan/plan.ts';
import type { Rule } from '../seclang/ast.ts';
import { type Finding, findingAt } from './finding.ts';
import { idOf, isReported } from './lint-rules.ts';

/**
 * The tests of a pack: every YAML file of it but `pack.yaml`.
 * @param nameOf what places call a file.
 * @throws WafError `config.invalid` for a file that cannot be read as tests.
 */
export function testsOf(files: ReadonlyMap<string, Uint8Array>, nameOf: (path: string) => string): readonly FtwTest[] {
  return [...files]
    .filter(([path]) => /\.ya?ml$/.test(path) && path !== 'pack.yaml')
    .flatMap(([path, bytes]) => readSuite(Buffer.from(bytes).toString('utf8'), nameOf(path)));
}

/** Rules that are reported and that no test shows at work. */
export function lintCoverage(rules: readonly Rule[], tests: readonly FtwTest[]): readonly Finding[] {
  const expectations = tests.flatMap(({ stages }) => stages.map(({ expectation }) => expectation));
  const attacked = new Set(expectations.flatMap(({ expectIds }) => expectIds));
  const missed = new Set(expectations.flatMap(({ noExpectIds }) => noExpectIds));
  return rules
    .filter((rule) => isReported(rule) && !decides(rule))
    .flatMap((rule) => {
      const id = idOf(rule);
      if (id === undefined) return [];
      const findings: Finding[] = [];
      if (!attacked.has(id)) {
        findings.push(findingAt('test-attack', rule.location, `no test has ${id} in log.expect_ids`, id));
      }
      if (!missed.has(id)) {
        findings.push(findingAt('test-near-miss', rule.location, `no test has ${id} in log.no_expect_ids`, id));
      }
      return findings;
    });
}

/** Whether a rule looks at nothing but what other rules left: it has no attack of its own. */
function decides({ variables }: Rule): boolean {
  return variables.every(({ name }) => name === 'TX');
}

/** Tests that fail, bodies whole and cut. */
export async function lintOutcomes(
  plan: Plan,
  tests: readonly FtwTest[],
  conditions: InspectionConditions,
): Promise<readonly Finding[]> {
  const target = engineTarget(plan, conditions, ['whole', 7]);
  const { failures } = await runTests(tests, target, { ruleIds: plan.ruleIds });
  return failures.map(({ id, file, line, complaints }) =>
    findingAt('test-fails', { file, line, column: 1 }, `test ${id}: ${complaints.join('; ')}`),
  );
}
