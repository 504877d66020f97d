import { expect, it } from 'vitest';
import { lintPatterns } from '../../src/lint/lint-patterns.ts';
import type { Rule } from '../../src/seclang/ast.ts';
import { parseRuleText } from '../../src/seclang/parser.ts';

it('patterns with superlinear time are reported, in every link, with the text to repeat', () => {
  const text = String.raw`SecRule ARGS "@rx ^(a+)+$" "id:1,phase:2,deny,chain"
  SecRule ARGS "@rx \s*\s*\s*\s*x" ""
SecRule ARGS "@rx ^a+$" "id:2,phase:2,deny"
SecRule ARGS "@contains (a+)+$" "id:3,phase:2,deny"
SecRule ARGS "@rx %{tx.x}" "id:4,phase:2,deny"
SecRule ARGS "@rx (" "id:5,phase:2,deny"
`;
  const rules = parseRuleText('a.conf', text).file.statements as readonly Rule[];
  expect(lintPatterns(rules).map(({ kind, line, ruleId, message }) => [kind, line, ruleId, message])).toStrictEqual([
    [
      'backtracking',
      1,
      1,
      expect.stringMatching(/^a backtracking engine takes \d+ steps for "a" 4 times, and \d+ for/),
    ],
    ['backtracking', 2, 1, expect.stringMatching(/ steps for "\\t" 16 times, and /)],
  ]);
});
