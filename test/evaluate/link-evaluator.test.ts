import { describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { Inspection } from '../../src/transaction/inspection.ts';
import { type ExchangeCase, planOf, runExchange } from '../support/exchange.ts';

/** Rule 1's log of its matches: `%{MATCHED_VAR_NAME}=%{MATCHED_VAR}` of the last one, and their number. */
async function matched(rule: string, exchange: ExchangeCase): Promise<string> {
  const plan = await planOf(
    `${rule.replace('"$', '"id:1,phase:2,pass,nolog,setvar:tx.n=+1,setvar:tx.name=%{MATCHED_VAR_NAME},setvar:tx.value=%{MATCHED_VAR}')}
     SecAction "id:2,phase:2,pass,log,logdata:'%{TX.n} %{TX.name}=%{TX.value}'"`,
  );
  const summary = runExchange(plan, exchange);
  closePlan(plan);
  return summary.matches[0]?.logData ?? '';
}

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const none = ' =';

describe('evaluateLink', () => {
  /** Of `a=1&a=2&b=3`, in which `a` comes twice and `z` never. */
  const ofCounts: readonly (readonly [operator: string, target: string, holds: boolean])[] = [
    ['!@rx ^[01]$', '&ARGS:a', true],
    ['!@rx ^[01]$', '&ARGS:b', false],
    ['!@rx ^[01]$', '&ARGS:z', false],
    ['@rx ^0$', '&ARGS:z', true],
    ['@rx ^[2-9]|\\d\\d', '&ARGS', true],
    ['@streq 2', '&ARGS:a', true],
    ['!@streq 2', '&ARGS:a', false],
    ['@contains 2', '&ARGS:a', true],
    ['@containsWord 2', '&ARGS:a', true],
    ['@beginsWith 2', '&ARGS:a', true],
    ['@endsWith 2', '&ARGS:a', true],
    ['@strmatch 2', '&ARGS:a', true],
    ['@pm 3 2', '&ARGS:a', true],
    ['@pm 3 4', '&ARGS:a', false],
    ['@within 1 2', '&ARGS:a', true],
    ['@within 1 3', '&ARGS:a', false],
    ['@within %{tx.few}', '&ARGS:a', true],
    ['@eq %{tx.few}', '&ARGS:a', false],
    ['@validateByteRange 48-49', '&ARGS:a', true],
    ['@validateByteRange 50', '&ARGS:a', false],
    ['@validateUrlEncoding', '&ARGS:a', false],
    ['@validateUtf8Encoding', '&ARGS:a', false],
    ['@ipMatch 10.0.0.0/8', '&ARGS:a', false],
    ['@detectSQLi', '&ARGS:a', false],
    ['!@detectXSS', '&ARGS:a', true],
    ['@verifyCC \\d', '&ARGS:a', false],
    ['@unconditionalMatch', '&ARGS:a', true],
    ['@noMatch', '&ARGS:a', false],
    ['@streq 1', '&REQUEST_HEADERS:host', true],
    ['@streq 0', '&TX:/^nothing/', true],
    ['@rx ^1$', '&TX:few', true],
    ['@streq 3', '&ARGS|!ARGS:z', true],
    ['@streq 1', '&ARGS|!ARGS:a', true],
  ];
  for (const [operator, target, holds] of ofCounts) {
    it(`compares the count of ${target} with ${operator} as a text`, async () => {
      const rules = `SecAction "id:5,phase:1,pass,nolog,setvar:tx.few=1 2"\nSecRule ${target} "${operator}" "$"`;
      const text = await matched(rules, { target: '/?a=1&a=2&b=3', headers: { host: 'x' } });
      expect(text !== none, text).toBe(holds);
    });
  }

  it('transforms counts as other texts', async () => {
    expect(await matched('SecRule &ARGS "@streq 1" "$,t:length"', { target: '/?a=1&b=2' })).toBe('1 ARGS=1');
  });

  const cases: readonly (readonly [string, string, ExchangeCase, string])[] = [
    [
      'arguments of query and body in order',
      'SecRule ARGS "@rx ." "$"',
      { target: '/?a=1', headers: form, body: 'b=2' },
      '2 ARGS:b=2',
    ],
    [
      'targets in the order of the rule',
      'SecRule ARGS_POST|ARGS_GET "@rx ." "$"',
      { target: '/?a=1', headers: form, body: 'b=2' },
      '2 ARGS_GET:a=1',
    ],
    [
      'a selected argument, whatever its case',
      'SecRule ARGS:Foo "@rx ." "$"',
      { target: '/?fOO=1&x=2' },
      '1 ARGS:Foo=1',
    ],
    [
      'arguments by expression',
      'SecRule ARGS:/^id_/ "@rx ." "$"',
      { target: '/?id_a=1&ID_b=2&xid_=3' },
      '2 ARGS:ID_b=2',
    ],
    ['arguments but those left out', 'SecRule ARGS|!ARGS:a "@rx ." "$"', { target: '/?a=1&b=2' }, '1 ARGS:b=2'],
    ['transformed values', 'SecRule ARGS "@streq abc" "$,t:lowercase"', { target: '/?a=ABC' }, '1 ARGS:a=abc'],
    [
      'values without a pattern',
      'SecRule ARGS "!@rx ^\\d+$" "$"',
      { target: '/?a=1&b=x', headers: form, body: 'c=2&d=y' },
      '2 ARGS:d=y',
    ],
    ['no value where there is none', 'SecRule ARGS:z "!@rx x" "$"', { target: '/?a=1' }, none],
    ['counts', 'SecRule &ARGS "@eq 3" "$"', { target: '/?a=1&b=2', headers: form, body: 'c=3' }, '1 ARGS=3'],
    [
      'counts of a selection',
      'SecRule &ARGS:a "@eq 2" "$"',
      { target: '/?a=1&b=2', headers: form, body: 'a=3' },
      '1 ARGS=2',
    ],
    ['counts that are zero', 'SecRule &REQUEST_HEADERS:X-None "@eq 0" "$"', {}, '1 REQUEST_HEADERS=0'],
    [
      'numbers in heads',
      'SecRule REQUEST_HEADERS:Content-Length "@gt 5" "$"',
      { headers: { 'content-length': '7' } },
      '1 REQUEST_HEADERS:Content-Length=7',
    ],
    [
      'lengths of body fields',
      'SecRule ARGS_POST "@ge 3" "$,t:length"',
      { headers: form, body: 'a=12&b=123' },
      '1 ARGS_POST:b=3',
    ],
    [
      'arguments that are known late',
      'SecRule ARGS "@streq %{REQUEST_HEADERS.Host}" "$"',
      { headers: form, body: 'a=x&h=example.test' },
      '1 ARGS:h=example.test',
    ],
    [
      'lengths against a limit that is known late',
      'SecRule ARGS "@gt %{REQUEST_HEADERS.X-Max}" "$,t:length"',
      { headers: { ...form, 'x-max': '4' }, body: 'a=12345&b=1' },
      '1 ARGS:a=5',
    ],
    [
      'head values in lists',
      'SecRule REQUEST_METHOD "!@within GET HEAD" "$"',
      { method: 'PUT' },
      '1 REQUEST_METHOD=PUT',
    ],
    ['addresses', 'SecRule REMOTE_ADDR "@ipMatch 192.0.2.0/24" "$"', {}, '1 REMOTE_ADDR=192.0.2.1'],
    ['patterns in computed values', 'SecRule REMOTE_ADDR "@rx ^192" "$"', {}, '1 REMOTE_ADDR=192.0.2.1'],
    ['absence in computed values', 'SecRule REMOTE_ADDR "!@rx ^10" "$"', {}, '1 REMOTE_ADDR=192.0.2.1'],
    [
      'header names',
      'SecRule REQUEST_HEADERS_NAMES "@rx ^x-" "$"',
      { headers: { 'X-A': '1' } },
      '1 REQUEST_HEADERS_NAMES:x-a=x-a',
    ],
    [
      'each step with multiMatch once',
      'SecRule ARGS "@contains a" "$,t:lowercase,t:removeNulls,t:urlDecode,multiMatch"',
      { target: '/?x=aB%2541' },
      '3 ARGS:x=abA',
    ],
    [
      'no step twice with multiMatch',
      'SecRule ARGS "@contains a" "$,t:lowercase,t:removeNulls,multiMatch"',
      { target: '/?x=abc' },
      '1 ARGS:x=abc',
    ],
    [
      'a raw body of unknown type',
      'SecRule REQUEST_BODY "@contains x" "$"',
      { headers: { 'content-type': 'text/plain' }, body: 'axb' },
      '1 REQUEST_BODY=axb',
    ],
    [
      'no raw body beside JSON',
      'SecRule REQUEST_BODY "@contains x" "$"',
      { headers: { 'content-type': 'application/json' }, body: '"x"' },
      none,
    ],
    [
      'everything unconditionally',
      'SecRule REQUEST_URI "@unconditionalMatch" "$"',
      { target: '/p' },
      '1 REQUEST_URI=/p',
    ],
  ];
  for (const [title, rule, exchange, expected] of cases) {
    it(`matches ${title}`, async () => expect(await matched(rule, exchange)).toBe(expected));
  }
});

describe('t:length', () => {
  it('is known for a value of 1 GiB without making a text of it', async () => {
    const plan = await planOf(`
      SecRequestBodyAccess On
      SecAction "id:1,phase:1,pass,nolog,setvar:tx.most=1073741823"
      SecRule REQUEST_BODY "@gt %{tx.most}" "id:2,phase:2,pass,log,t:none,t:length,logdata:'%{MATCHED_VAR}'"
      SecRule REQUEST_BODY "@gt 1073741824" "id:3,phase:2,pass,log,t:none,t:length"`);
    const inspection = new Inspection(plan, { requestId: 'r', limits });
    const headers = [{ name: 'content-type', value: 'text/plain' }];
    const head = { method: 'POST', target: '/', protocol: 'HTTP/1.1', headers, remoteAddress: '', remotePort: 0 };
    inspection.side('request').head(head, false);
    const chunk = Buffer.alloc(16 * 1024 * 1024, 'x');
    for (let n = 0; n < 64; n += 1) inspection.side('request').chunk(chunk);
    inspection.side('request').end();
    const { matches } = inspection.close();
    expect(matches.map(({ ruleId, logData }) => [ruleId, logData])).toStrictEqual([[2, '1073741824']]);
    closePlan(plan);
  });
});
