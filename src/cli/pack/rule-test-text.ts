// The tests of a new pack, in go-ftw's format. Knows no pack.

/** A request, and whether the rule should match it. */
export interface RuleTestCase {
  readonly what: string;
  /** Path and query, as sent. */
  readonly target: string;
  readonly isFound: boolean;
}

/** Tests of one rule that denies with 403. `description` is plain text. */
export function ruleTestText(ruleId: number, description: string, cases: readonly RuleTestCase[]): string {
  const tests = cases.map(
    ({ what, target, isFound }, index) => `  - test_id: ${index + 1}
    desc: "${what}"
    stages:
      - input:
          method: GET
          uri: ${JSON.stringify(target)}
          headers:
            Host: localhost
            User-Agent: test
            Accept: "*/*"
        output:
          status: ${isFound ? 403 : 200}
          log:
            ${isFound ? 'expect_ids' : 'no_expect_ids'}: [${ruleId}]
`,
  );
  return `---
meta:
  description: "${description}"
rule_id: ${ruleId}
tests:
${tests.join('')}`;
}
