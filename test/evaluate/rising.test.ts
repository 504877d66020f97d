// Rules that test how much of a body there is are evaluated while it is open, at offsets that no cut changes: a body that never ends
// would otherwise pass without evaluation.

import { describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { Inspection } from '../../src/transaction/inspection.ts';
import { planOf, runExchange } from '../support/exchange.ts';

const form = 'application/x-www-form-urlencoded';
const fields = (count: number): string => Array.from({ length: count }, (_, n) => `f${n}=v`).join('&');
const file = `--b\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\n${'z'.repeat(900)}\r\n--b\r\n`;
const multipart = 'multipart/form-data; boundary=b';
const head = { method: 'POST', target: '/', protocol: 'HTTP/1.1', remoteAddress: '192.0.2.1', remotePort: 4711 };
const deny = '"id:1,phase:2,t:none,deny"';

/** Bodies that rules block for a count, and the same with a lower count. */
const cases: readonly (readonly [title: string, rules: string, type: string, more: string, less: string])[] = [
  ['REQUEST_BODY_LENGTH', `SecRule REQUEST_BODY_LENGTH "@gt 99" ${deny}`, form, 'x'.repeat(100), 'x'.repeat(99)],
  ['FULL_REQUEST_LENGTH', `SecRule FULL_REQUEST_LENGTH "@gt 999" ${deny}`, form, 'x'.repeat(1_000), 'x'.repeat(99)],
  [
    'a length and a header that is missing',
    `SecRule REQUEST_BODY_LENGTH "@gt 0" "id:1,phase:2,deny,chain"\nSecRule &REQUEST_HEADERS:X-Sum "@eq 0" "t:none"`,
    form,
    'x',
    '',
  ],
  ['&ARGS', `SecRule &ARGS "@ge 40" ${deny}`, form, `${fields(40)}&`, `${fields(30)}&`],
  ['&ARGS_NAMES', `SecRule &ARGS_NAMES "@gt 39" ${deny}`, form, `${fields(40)}&`, `${fields(30)}&`],
  ['&ARGS:f7', `SecRule &ARGS:f7 "!@eq 0" ${deny}`, form, `${fields(8)}&`, `${fields(7)}&`],
  ['ARGS_COMBINED_SIZE', `SecRule ARGS_COMBINED_SIZE "@gt 99" ${deny}`, form, `${fields(40)}&`, `${fields(9)}&`],
  ['&FILES', `SecRule &FILES "@gt 0" ${deny}`, multipart, file, '--b\r\n'],
  ['FILES_COMBINED_SIZE', `SecRule FILES_COMBINED_SIZE "@gt 899" ${deny}`, multipart, file, '--b\r\n'],
  [
    'a bound that an earlier phase sets',
    `SecAction "id:2,phase:1,pass,setvar:tx.most=39"\nSecRule &ARGS "@gt %{tx.most}" ${deny}`,
    form,
    `${fields(40)}&`,
    `${fields(30)}&`,
  ],
  [
    'a bound that the phase sets',
    `SecAction "id:2,phase:2,pass,setvar:tx.most=39"\nSecRule &ARGS "@gt %{tx.most}" ${deny}`,
    form,
    `${fields(40)}&`,
    `${fields(30)}&`,
  ],
  [
    'a sum of scores',
    `SecRule &ARGS "@gt 39" "id:2,phase:2,pass,setvar:tx.sum=+5"\nSecRule TX:sum "@ge 5" ${deny}`,
    form,
    `${fields(40)}&`,
    `${fields(30)}&`,
  ],
];

describe('rules about the size of a body', () => {
  for (const [title, rules, type, more, less] of cases) {
    it(`are evaluated while it is open: ${title}`, async () => {
      const plan = await planOf(`SecRuleEngine On\nSecRequestBodyAccess On\n${rules}\n`);
      const answerTo = (body: string): string => {
        const inspection = new Inspection(plan, { requestId: 'test', limits });
        const headers = [{ name: 'content-type', value: type }];
        inspection.side('request').head({ ...head, headers }, false);
        if (body !== '') inspection.side('request').chunk(Buffer.from(body));
        const { kind } = inspection.side('request').evaluateNow();
        inspection.close();
        return kind;
      };
      expect([answerTo(more), answerTo(less)]).toStrictEqual(['block', 'allow']);
      // The same, cut anywhere, when the rest is long.
      const body = `${more}${type === form ? '&q=' : '\r\nX: '}${'y'.repeat(20_000)}`;
      const seen = [[], [1], [500, 501], [1_023, 1_024, 1_025]].map((cuts) => {
        const { verdict, firstVerdictBytes } = runExchange(plan, { headers: { 'content-type': type }, body }, cuts);
        return [verdict.kind, firstVerdictBytes];
      });
      for (const one of seen) expect(one).toStrictEqual(seen[0]);
      expect(seen[0]?.[0]).toBe('block');
      expect(seen[0]?.[1]).toBeLessThanOrEqual(limits.evaluationStrideBytes);
      closePlan(plan);
    });
  }

  it('are also evaluated for a response', async () => {
    const plan = await planOf(
      'SecRuleEngine On\nSecResponseBodyAccess On\nSecResponseBodyMimeType text/html\nSecRule RESPONSE_BODY_LENGTH "@gt 20000" "id:1,phase:4,t:none,deny"\n',
    );
    const response = { headers: { 'content-type': 'text/html' }, body: 'x'.repeat(90_000) };
    for (const cuts of [[], [1], [20_000, 20_001], [32_767, 32_769]]) {
      expect(runExchange(plan, { response }, cuts).firstVerdictBytes).toBe(2 * limits.evaluationStrideBytes);
    }
    closePlan(plan);
  });

  it('are evaluated even if nothing was found at all', async () => {
    const plan = await planOf('SecRuleEngine On\nSecRule REQUEST_METHOD "@streq POST" "id:1,phase:2,deny"\n');
    const { firstVerdictBytes } = runExchange(plan, { headers: {}, body: 'x'.repeat(40_000) });
    expect(firstVerdictBytes).toBe(limits.firstLookBytes);
    closePlan(plan);
  });
});
