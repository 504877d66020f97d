import { describe, expect, it } from 'vitest';
import { toBytes } from '../../src/base/bytes.ts';
import { limits } from '../../src/base/limits.ts';
import { explainExchange } from '../../src/explain/explain-exchange.ts';
import { operatorText } from '../../src/explain/explain-match.ts';
import type { ExplainedMatch, ExplainedValue } from '../../src/explain/explanation.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { planOf } from '../support/exchange.ts';

async function matchesOf(
  rules: string,
  { target = '/', body }: { target?: string; body?: string },
): Promise<readonly ExplainedMatch[]> {
  const plan = await planOf(rules);
  try {
    const type = { name: 'content-type', value: 'application/x-www-form-urlencoded' };
    const headers = [{ name: 'host', value: 'x' }, type];
    const request = { method: 'POST', target, protocol: 'HTTP/1.1', headers, body: toBytes(body ?? ''), trailers: [] };
    return (await explainExchange(plan, { request }, { limits })).matches;
  } finally {
    closePlan(plan);
  }
}

async function firstValue(rule: string, given: { target?: string; body?: string }): Promise<ExplainedValue> {
  const [match] = await matchesOf(rule, given);
  const value = match?.links[0]?.values[0];
  expect.assert(value !== undefined, 'the rule matches');
  return value;
}

describe('explainMatch', () => {
  it('has the rule’s metadata', async () => {
    const [match] = await matchesOf(
      `SecRule ARGS "@rx e(v)il" "id:7,phase:2,pass,log,capture,msg:'found %{TX.1}',logdata:'in %{MATCHED_VAR_NAME}',\\
        severity:CRITICAL,tag:one,tag:two"`,
      { target: '/?a=evil' },
    );
    expect.assert(match !== undefined);
    const { ruleId, phase, line, message, logData, severity, tags, action } = match;
    expect({ ruleId, phase, line, message, logData, severity, tags, action }).toStrictEqual({
      ruleId: 7,
      phase: 2,
      line: 1,
      message: 'found v',
      logData: 'in ARGS:a',
      severity: 'CRITICAL',
      tags: ['one', 'two'],
      action: 'pass',
    });
    expect(match.file).toMatch(/test\.conf$/);
  });

  it('shows each transformation that changed the value, and where the pattern is then', async () => {
    const value = await firstValue(
      'SecRule ARGS "@rx <b>" "id:1,phase:2,pass,log,t:none,t:urlDecodeUni,t:removeNulls,t:lowercase"',
      {
        target: '/?a=1%253CB%253e',
      },
    );
    expect(value.received?.text).toBe('1%3CB%3e');
    expect(value.steps.map(({ transformation, value: { text } }) => [transformation, text])).toStrictEqual([
      ['urlDecodeUni', '1<B>'],
      ['lowercase', '1<b>'],
    ]);
    expect(value.found).toStrictEqual({ from: 1, to: 4, text: '<b>' });
    expect(value.tested.text).toBe('1<b>');
  });

  it('ends with the step that matched when every step is tested', async () => {
    const rule = (operator: string): string =>
      `SecRule ARGS_GET "${operator}" "id:1,phase:2,pass,log,multiMatch,t:none,t:urlDecodeUni,t:lowercase"`;
    for (const operator of ['@rx <B>', '@within <B>']) {
      const value = await firstValue(rule(operator), { target: '/?a=%253CB%253e' });
      expect(
        value.steps.map(({ transformation }) => transformation),
        operator,
      ).toStrictEqual(['urlDecodeUni']);
      expect(value.tested.text).toBe('<B>');
    }
  });

  it('finds the phrase of a list', async () => {
    const value = await firstValue('SecRule ARGS "@pm etc passwd wd" "id:1,phase:2,pass,log"', {
      target: '/?a=/xx/PassWd',
    });
    expect(value.found).toStrictEqual({ from: 4, to: 10, text: 'PassWd' });
  });

  it('has no place for operators that test whole values, or for what was not found', async () => {
    for (const operator of ['@gt 5', '!@rx x', '@detectSQLi']) {
      const value = await firstValue(`SecRule ARGS "${operator}" "id:1,phase:2,pass,log,t:none"`, {
        target: "/?a=9'%20or%201=1--%20",
      });
      expect(value.found, operator).toBe(undefined);
      expect(value.received?.text ?? '').toMatch(/^9'/);
    }
  });

  it('shows computed values and their transformed forms', async () => {
    const rules = `SecAction "id:1,phase:1,pass,nolog,setvar:tx.a=ABC"
      SecRule TX:a "@rx b" "id:2,phase:2,pass,log,t:none,t:lowercase"
      SecRule TX:a "@streq %{TX.a}" "id:3,phase:2,pass,log,t:none"`;
    const [second, third] = (await matchesOf(rules, {})).map((match) => match.links[0]);
    expect(second?.values[0]?.found).toStrictEqual({ from: 1, to: 2, text: 'b' });
    expect(second?.values[0]?.steps.map(({ value }) => value.text)).toStrictEqual(['abc']);
    expect([third?.operator, third?.values[0]?.tested.text]).toStrictEqual(['@streq %{TX.a}', 'ABC']);
  });

  it('shows every link of a chain', async () => {
    const rules = `SecRule ARGS:a "@rx x" "id:1,phase:2,deny,log,chain"
      SecRule ARGS:b "@rx y" ""`;
    const [match] = await matchesOf(rules, { target: '/?a=1x&b=22y' });
    expect(
      match?.links.map(({ operator, line, values }) => [operator, line, values[0]?.variable, values[0]?.found?.from]),
    ).toStrictEqual([
      ['@rx x', 1, 'ARGS:a', 1],
      ['@rx y', 2, 'ARGS:b', 2],
    ]);
  });

  it('shows where a pattern ends far after the kept part of a long field', async () => {
    const value = await firstValue('SecRule ARGS "@rx evil" "id:1,phase:2,deny,log,t:none,t:lowercase"', {
      body: `a=${'x'.repeat(200_000)}EVIL and more`,
    });
    expect(value.received).toBe(undefined);
    expect(value.found?.to).toBe(200_004);
    expect(value.tested.text).toMatch(/xevil/);
  });

  it('shows a limited number of values and counts the rest', async () => {
    const target = `/?${Array.from({ length: 30 }, (_, index) => `a${index}=evil`).join('&')}`;
    const [match] = await matchesOf('SecRule ARGS "@rx evil" "id:1,phase:2,pass,log"', { target });
    expect([match?.links[0]?.values.length, match?.links[0]?.moreValues]).toStrictEqual([20, 10]);
  });

  it('shows no value for an action', async () => {
    const [match] = await matchesOf('SecAction "id:1,phase:2,pass,log"', {});
    expect(match?.links[0]).toStrictEqual({ line: 1, operator: '', values: [], moreValues: 0 });
  });
});

describe('operatorText', () => {
  it('is the operator as in the rule', () => {
    expect(operatorText({ kind: 'none' })).toBe('');
    const pattern = { kind: 'pattern', patterns: [], native: [], computed: [], phrases: undefined } as const;
    expect(operatorText({ ...pattern, name: 'rx', negated: true, argument: 'a b' })).toBe('!@rx a b');
    expect(operatorText({ ...pattern, name: 'validateUtf8Encoding', negated: false, argument: '' })).toBe(
      '@validateUtf8Encoding',
    );
  });
});
