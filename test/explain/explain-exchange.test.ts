import { describe, expect, it } from 'vitest';
import { toBytes } from '../../src/base/bytes.ts';
import { limits } from '../../src/base/limits.ts';
import { type Exchange, explainExchange } from '../../src/explain/explain-exchange.ts';
import type { Explanation } from '../../src/explain/explanation.ts';
import { nativeAddon } from '../../src/matching/native.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { planOf } from '../support/exchange.ts';

interface Given {
  readonly target?: string;
  readonly body?: string;
  readonly contentType?: string;
  readonly answer?: string;
}

function exchangeOf({
  target = '/',
  body,
  contentType = 'application/x-www-form-urlencoded',
  answer,
}: Given): Exchange {
  const text = (type: string) => [{ name: 'content-type', value: type }];
  return {
    request: {
      method: body === undefined ? 'GET' : 'POST',
      target,
      protocol: 'HTTP/1.1',
      headers: [{ name: 'host', value: 'x' }, ...(body === undefined ? [] : text(contentType))],
      body: toBytes(body ?? ''),
      trailers: [],
    },
    response:
      answer === undefined
        ? undefined
        : { status: 200, protocol: 'HTTP/1.1', headers: text('text/html'), body: toBytes(answer), trailers: [] },
  };
}

async function explain(rules: string, given: Given): Promise<Explanation> {
  const plan = await planOf(rules);
  try {
    return await explainExchange(plan, exchangeOf(given), { limits });
  } finally {
    closePlan(plan);
  }
}

const blocking = 'SecRule ARGS|RESPONSE_BODY "@rx evil" "id:1,phase:2,deny,status:418,log,t:none"\n';

describe('explainExchange', () => {
  it('shows decoded fields in the order of the message', async () => {
    const { fields, verdict } = await explain(blocking, { target: '/p?a=%41', body: 'b=c%20d' });
    const shown = fields
      .filter(({ kind }) => !kind.endsWith('_NAMES'))
      .map(({ kind, name, value }) => [kind, name, value.text]);
    expect(shown.slice(0, 3)).toStrictEqual([
      ['REQUEST_LINE', '', 'POST /p?a=%41 HTTP/1.1'],
      ['REQUEST_METHOD', '', 'POST'],
      ['REQUEST_PROTOCOL', '', 'HTTP/1.1'],
    ]);
    expect(shown.filter(([kind]) => kind?.startsWith('ARGS'))).toStrictEqual([
      ['ARGS_GET', 'a', 'A'],
      ['ARGS_POST', 'b', 'c d'],
    ]);
    expect(verdict.kind).toBe('allow');
  });

  it('gives the same verdict as the inspection, and stops where it stops', async () => {
    const { verdict, matches, request, response } = await explain(blocking, {
      body: `a=evil&b=${'x'.repeat(100_000)}`,
      answer: 'evil',
    });
    expect(verdict).toStrictEqual({ kind: 'block', ruleId: 1, status: 418, phase: 2 });
    expect(matches.map(({ ruleId, action }) => [ruleId, action])).toStrictEqual([[1, 'deny']]);
    expect(request.inspectedBytes, 'blocked at the first stride').toBeLessThan(request.bytes);
    expect(response).toBe(undefined);
  });

  it('shows a match once, although earlier strides were run tentatively', async () => {
    const rules = `SecRule ARGS "@rx good" "id:1,phase:2,pass,log,setvar:tx.n=+1"
      SecRule ARGS "@rx evil" "id:2,phase:2,deny,log"`;
    const { matches } = await explain(rules, { body: `a=good&b=${'x'.repeat(60_000)}&c=evil` });
    expect(matches.map(({ ruleId }) => ruleId)).toStrictEqual([1, 2]);
  });

  it('continues with the response', async () => {
    const rules = `SecResponseBodyAccess On
      SecRule RESPONSE_BODY "@rx evil" "id:5,phase:4,deny,log,setvar:tx.outbound_anomaly_score_pl1=+4"`;
    const { verdict, matches, response, outboundScore } = await explain(rules, { answer: 'something evil' });
    expect(verdict.kind).toBe('block');
    expect(response).toStrictEqual({ bytes: 14, inspectedBytes: 14 });
    expect([matches[0]?.outboundScore, outboundScore]).toStrictEqual([4, 4]);
    const value = matches[0]?.links[0]?.values[0];
    expect([value?.variable, value?.found]).toStrictEqual(['RESPONSE_BODY', { from: 10, to: 14, text: 'evil' }]);
  });

  it('shows scores after each rule, and marks bookkeeping rules', async () => {
    const rules = `SecRule ARGS "@rx evil" "id:1,phase:2,pass,log,setvar:tx.inbound_anomaly_score_pl1=+5"
      SecRule ARGS "@rx evil" "id:2,phase:2,pass,nolog,noauditlog,setvar:tx.inbound_anomaly_score_pl1=+3"`;
    const { matches, inboundScore } = await explain(rules, { target: '/?a=evil' });
    expect(matches.map(({ ruleId, isReported, inboundScore: after }) => [ruleId, isReported, after])).toStrictEqual([
      [1, true, 5],
      [2, false, 8],
    ]);
    expect(inboundScore).toBe(8);
  });

  it('reports what went wrong and the decoders’ facts', async () => {
    const { problems, facts, verdict } = await explain(blocking, {
      body: '{"a":',
      contentType: 'application/json',
    });
    expect(problems.map(({ cause }) => cause)).toStrictEqual(['parse']);
    expect(verdict.kind).toBe('block');
    expect(typeof facts).toBe('object');
  });

  it('limits the list of fields and counts the rest', async () => {
    const body = Array.from({ length: 3_000 }, (_, index) => `a${index}=1`).join('&');
    const { fields, moreFields } = await explain(blocking, { body });
    expect(fields.length).toBe(2_000);
    expect(moreFields).toBeGreaterThan(4_000);
  });

  const script = encodeURIComponent('{"x":"<script>"}');
  it('marks alternate readings of a field, in the list and where they matched', async () => {
    const rules = 'SecRule ARGS "@rx ^<script>" "id:1,phase:2,pass,log"\n';
    const { fields, matches } = await explain(rules, { target: `/?a=${script}`, body: `b=${script}` });
    const readings = fields.filter(({ kind }) => /^ARGS_(?:GET|POST)$/.test(kind));
    expect(readings.map(({ kind, value, isReading }) => [kind, value.text, isReading])).toStrictEqual([
      ['ARGS_GET', '{"x":"<script>"}', undefined],
      ['ARGS_GET', 'x', true],
      ['ARGS_GET', '<script>', true],
      ['ARGS_POST', '{"x":"<script>"}', undefined],
      ['ARGS_POST', 'x', true],
      ['ARGS_POST', '<script>', true],
    ]);
    expect(matches[0]?.links[0]?.values.map(({ isReading }) => isReading)).toStrictEqual([true, true]);
  });

  const wholes: readonly (readonly [
    what: string,
    rules: string,
    contentType: string,
    body: string,
    isSeen: boolean,
  ])[] = [
    ['JSON', '', 'application/json', '{"a":"b"}', false],
    ['XML', '', 'text/xml', '<a>b</a>', false],
    [
      'multipart',
      '',
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--\r\n',
      false,
    ],
    ['a form', '', 'application/x-www-form-urlencoded', 'a=b', true],
    ['plain text', '', 'text/plain', 'abc', true],
    ['JSON that is broken', '', 'application/json', '{"a":', true],
    [
      'JSON when a rule says so',
      'SecAction "id:2,phase:1,pass,nolog,ctl:forceRequestBodyVariable=On"\n',
      'application/json',
      '{"a":"b"}',
      true,
    ],
  ];
  for (const [what, rules, contentType, body, isSeen] of wholes) {
    it(`lists REQUEST_BODY of ${what} as rules see it`, async () => {
      const probe = 'SecRule REQUEST_BODY "@rx ." "id:1,phase:2,pass,log"\n';
      const { fields, matches } = await explain(`${rules}${probe}`, { contentType, body });
      expect(fields.some(({ kind }) => kind === 'REQUEST_BODY')).toBe(isSeen);
      expect(matches.some(({ ruleId }) => ruleId === 1)).toBe(isSeen);
    });
  }

  it('leaves nothing open', async () => {
    const before = nativeAddon().openHandles();
    await explain(blocking, { body: `a=${'x'.repeat(200_000)}evil` });
    expect(nativeAddon().openHandles()).toStrictEqual(before);
  });
});
