import { describe, expect, it } from 'vitest';
import { closePlan } from '../../src/plan/close-plan.ts';
import { planOf, runExchange } from '../support/exchange.ts';

/** TX.0, TX.1 and TX.2 after a rule that captures from ARGS:a. */
async function captured(operator: string, value: string, actions = ''): Promise<string> {
  const plan = await planOf(
    `SecRule ARGS:a "${operator}" "id:1,phase:2,pass,log,capture${actions},logdata:'%{TX.0}|%{TX.1}|%{TX.2}'"`,
  );
  const summary = runExchange(plan, { target: `/?a=${encodeURIComponent(value)}` });
  closePlan(plan);
  return summary.matches[0]?.logData ?? 'no match';
}

describe('captureGroups', () => {
  const cases: readonly (readonly [string, string, string, string?])[] = [
    ['@rx b(.)(d)?', 'abcx', 'bc|c|'],
    ['@rx (?i)B+', 'abbc', 'bb||'],
    ['@pm two three', 'one Three', 'Three||'],
    ['@pm ab abc', 'xabcx', 'ab||'],
    ['@pm two caf\xc3\xa9', 'un CAFé noir', 'CAF\xc3\xa9||'],
    ['@contains bc', 'abcd', 'bc||'],
    ['!@rx x', 'abc', 'abc||'],
    ['@rx ^abc$', 'ABC', 'abc||', ',t:lowercase'],
    ['@gt 5', '7', '7||'],
  ];
  for (const [operator, value, expected, actions] of cases) {
    it(`captures ${operator} from ${value}`, async () =>
      expect(await captured(operator, value, actions)).toBe(expected));
  }

  // Two rules, of which the second one's groups are captured: for a plain match, each pair is one expression.
  const pairs: readonly (readonly [first: string, second: string, value: string, expected: string])[] = [
    [String.raw`^(\w)(\w)$`, String.raw`^(\w\w)$`, 'cd', 'cd|cd|'],
    [String.raw`^(\w\w)$`, String.raw`^(\w)(\w)$`, 'cd', 'cd|c|d'],
    ['^(ab)$', '^a(b)$', 'ab', 'ab|b|'],
    ['^ab$', '^(?:a)(b)$', 'ab', 'ab|b|'],
    ['^(a)b$', '^ab$', 'ab', 'ab||'],
    ['a.*b', 'a.*?b', 'a1b2b', 'a1b||'],
    ['a(.+?)', 'a(.+)', 'axyz', 'axyz|xyz|'],
    ['(?i)^(A)b$', '(?i)^a(b)$', 'AB', 'AB|B|'],
  ];
  for (const [first, second, value, expected] of pairs) {
    it(`captures ${second} from ${value} after ${first}`, async () => {
      const logged = "log,capture,logdata:'%{TX.0}|%{TX.1}|%{TX.2}'";
      const plan = await planOf(
        `SecRule ARGS:a "@rx ${first}" "id:1,phase:2,pass,${logged}"\nSecRule ARGS:a "@rx ${second}" "id:2,phase:2,pass,${logged}"`,
      );
      const { matches } = runExchange(plan, { target: `/?a=${encodeURIComponent(value)}` });
      closePlan(plan);
      expect(matches.find(({ ruleId }) => ruleId === 2)?.logData).toBe(expected);
    });
  }

  it('finds captures near the end of a long body', async () => {
    const plan = await planOf(
      String.raw`SecRule REQUEST_BODY "@rx key=(\d+)" "id:1,phase:2,pass,log,capture,logdata:'%{TX.1}'"`,
    );
    const body = `${'x'.repeat(200_000)}key=42${'y'.repeat(100)}`;
    const summary = runExchange(plan, { headers: { 'content-type': 'text/plain' }, body });
    closePlan(plan);
    expect(summary.matches[0]?.logData).toBe('42');
  });
});
