import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { failurePolicyWith } from '../../src/decision/failure-mode.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { type ExchangeCase, idsOf, planOf, runExchange } from '../support/exchange.ts';

const json = { 'content-type': 'application/json' };
const detect = 'SecRuleEngine DetectionOnly\n';

async function run(rules: string, exchange: ExchangeCase) {
  const plan = await planOf(rules);
  try {
    return runExchange(plan, exchange);
  } finally {
    closePlan(plan);
  }
}

describe('RequestBody', () => {
  const processors: readonly (readonly [string, string])[] = [
    ['application/x-www-form-urlencoded', 'URLENCODED'],
    ['application/json', 'JSON'],
    ['text/plain', ''],
    ['', ''],
  ];
  for (const [type, processor] of processors) {
    it(`shows phase 1 that "${type}" is processed as "${processor}"`, async () => {
      const rules = 'SecAction "id:1,phase:1,pass,log,logdata:\'<%{REQBODY_PROCESSOR}>\'"';
      const { matches } = await run(rules, { headers: { 'content-type': type }, body: 'x' });
      expect(matches[0]?.logData).toBe(`<${processor}>`);
    });
  }

  it('lets a rule choose the processor', async () => {
    const rules = `SecAction "id:1,phase:1,pass,nolog,ctl:requestBodyProcessor=JSON"
      SecRule ARGS:json.a "@streq b" "id:2,phase:2,pass,log"`;
    expect(idsOf(await run(rules, { headers: { 'content-type': 'text/plain' }, body: '{"a":"b"}' }))).toStrictEqual([
      2,
    ]);
  });

  it('adds REQUEST_BODY to the fields when a rule forces it', async () => {
    const rules = (actions: string) => `SecAction "id:1,phase:1,pass,nolog${actions}"
      SecRule REQUEST_BODY "@contains {" "id:2,phase:2,pass,log"`;
    expect(idsOf(await run(rules(''), { headers: json, body: '{}' }))).toStrictEqual([]);
    const forced = rules(',ctl:forceRequestBodyVariable=On');
    expect(idsOf(await run(forced, { headers: json, body: '{}' }))).toStrictEqual([2]);
  });

  it('reports a malformed body to rules and blocks it', async () => {
    const rules = 'SecRule REQBODY_ERROR "!@eq 0" "id:1,phase:2,pass,log,logdata:\'%{REQBODY_ERROR_MSG}\'"';
    const summary = await run(rules, { headers: json, body: '{"a":' });
    expect(idsOf(summary)).toStrictEqual([1]);
    expect(summary.matches[0]?.logData ?? '').toMatch(/JSON/);
    expect(summary.verdict).toStrictEqual({ kind: 'block', ruleId: 0, status: 400, phase: 2, cause: 'parse' });
    expect((await run(detect + rules, { headers: json, body: '{"a":' })).verdict.kind).toBe('detect');
  });

  // Rules see the raw bytes of a multipart body that cannot be parsed, unless it is blocked for that in any case.
  const raw = 'SecRule REQUEST_BODY "@contains <?php" "id:9,phase:2,deny,log,status:406"\n';
  const broken: readonly (readonly [
    why: string,
    rules: string,
    failures: Readonly<Record<string, string>>,
    seen: boolean,
  ])[] = [
    ['nothing lets it pass', raw, {}, false],
    [
      "a rule of the request's head says what a failure leads to",
      `${raw}SecAction "id:1,phase:1,pass,nolog,ctl:onFailure=parse=block"`,
      {},
      false,
    ],
    ['the policy lets malformed bodies pass', raw, { parse: 'allow' }, true],
    ['the policy notes malformed bodies', raw, { parse: 'detect' }, true],
    ['the policy lets bodies beyond a limit pass', raw, { 'limit.body': 'allow' }, true],
    ['rules only detect', detect + raw, {}, true],
    ['a rule decides about the error', `${raw}SecRule REQBODY_ERROR "@eq 9" "id:1,phase:2,deny"`, {}, true],
    [
      'a rule of the head lets it pass',
      `${raw}SecAction "id:1,phase:1,pass,nolog,ctl:onFailure=parse=allow"`,
      {},
      true,
    ],
    [
      'a later rule may let it pass',
      `${raw}SecRule ARGS:none "@eq 9" "id:1,phase:2,pass,ctl:onFailure=parse=allow"`,
      {},
      true,
    ],
    ['a later rule may say allow', `${raw}SecRule ARGS:none "@eq 9" "id:1,phase:2,allow"`, {}, true],
    [
      'a rule of the response may say allow',
      `${raw}SecRule RESPONSE_STATUS "@eq 9" "id:1,phase:3,allow:request"`,
      {},
      true,
    ],
    [
      'a rule of the response may switch the engine',
      `${raw}SecRule RESPONSE_STATUS "@eq 9" "id:1,phase:4,pass,ctl:ruleEngine=Off"`,
      {},
      true,
    ],
    ['a rule forces it', `${raw}SecAction "id:1,phase:1,pass,nolog,ctl:forceRequestBodyVariable=On"`, {}, true],
  ];
  const multipart = { 'content-type': 'multipart/form-data; boundary=b' };
  const bodies: readonly (readonly [headers: Readonly<Record<string, string>>, body: string, isUpload: boolean])[] = [
    [json, '{"a":"<?php', false],
    [multipart, '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n<?php\r\n--', true],
  ];
  it.for(broken)('shows a broken body to rules if %s', async ([, rules, failures, seen]) => {
    const plan = await planOf(rules);
    const failurePolicy = failurePolicyWith(failures);
    for (const [headers, body, isUpload] of bodies) {
      const isSeen = seen || !isUpload;
      for (const cuts of [[], Array.from(body, (_, at) => at).slice(1)]) {
        const summary = runExchange(plan, { headers, body }, cuts, { failurePolicy });
        expect(idsOf(summary)).toStrictEqual(isSeen ? [9] : []);
        if (!isSeen) expect(summary.verdict).toMatchObject({ kind: 'block', ruleId: 0, status: 400, cause: 'parse' });
      }
    }
    closePlan(plan);
  });

  it('shows rules a broken body that the proxy only mirrors', async () => {
    const plan = await planOf(raw);
    const summary = runExchange(plan, { headers: json, body: '{"a":"<?php' }, [], { isObserved: true });
    expect(idsOf(summary)).toStrictEqual([9]);
    closePlan(plan);
  });

  it('splits a form at SecArgumentSeparator', async () => {
    const rules = `SecArgumentSeparator ;
      SecRule ARGS_POST:b "@streq c&d=e" "id:1,phase:2,pass"
      SecRule &ARGS "@eq 2" "id:2,phase:2,pass"`;
    const plan = await planOf(rules);
    const exchange = { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'a=1;b=c%26d=e' };
    for (const cuts of [[], [1, 3, 4, 7, 9]]) expect(idsOf(runExchange(plan, exchange, cuts))).toStrictEqual([1, 2]);
    expect(idsOf(runExchange(plan, { target: '/?a=1;b=c%26d=e' }))).toStrictEqual([2]);
    closePlan(plan);
  });

  it('measures the body', async () => {
    const rules = 'SecRule REQUEST_BODY_LENGTH "@eq 5" "id:1,phase:2,pass,log"';
    expect(idsOf(await run(rules, { headers: { 'content-type': 'text/plain' }, body: '12345' }))).toStrictEqual([1]);
  });

  it('measures the whole request', async () => {
    const plan = await planOf('SecRule FULL_REQUEST_LENGTH "@eq %{REQUEST_HEADERS.x-n}" "id:1,phase:2,pass,log"');
    const lengthOf = (n: string): number => `POST / HTTP/1.1\r\nhost: example.test\r\nx-n: ${n}\r\n\r\n`.length;
    const n = String(lengthOf('00') + 5);
    expect(idsOf(runExchange(plan, { headers: { 'x-n': n }, body: 'a=123' }))).toStrictEqual([1]);
    expect(idsOf(runExchange(plan, { headers: { 'x-n': n }, body: 'a=1234' }))).toStrictEqual([]);
    closePlan(plan);
  });

  it('counts a body that is not inspected as uninspected', async () => {
    const rules = 'SecRequestBodyAccess Off\nSecRule REQUEST_BODY|ARGS "@rx ." "id:1,phase:2,pass,log"';
    const summary = await run(rules, { headers: { 'content-type': 'text/plain' }, body: '12345' });
    expect(idsOf(summary)).toStrictEqual([]);
    expect([...summary.uninspected]).toStrictEqual([['request-body-access-off', 5]]);
  });
});

describe('facts about a body', () => {
  const rules = String.raw`
SecDefaultAction "phase:2,log,auditlog,pass"
SecRule ARGS_POST "@contains evil" "id:1,phase:2,pass,log"
SecRule REQUEST_BODY "@contains evil" "id:2,phase:2,pass,log"
SecRule BODY_XML_DOCTYPE "@eq 1" "id:3,phase:2,pass,log"
SecRule BODY_TYPE_MISMATCH "@rx ." "id:4,phase:2,pass,log,logdata:'%{MATCHED_VAR}'"
SecRule BODY_CODING_UNSUPPORTED "@rx ." "id:5,phase:2,pass,log"
SecRule BODY_CHARSET_UNSUPPORTED "@rx ." "id:6,phase:2,pass,log"
SecRule &BODY_TYPE_MISMATCH "@gt 0" "id:7,phase:2,pass,log"
SecRule REQBODY_ERROR "!@eq 0" "id:8,phase:2,pass,log"
SecRule MULTIPART_FILE_LIMIT_EXCEEDED "@eq 1" "id:9,phase:2,pass,log"
`;
  const form = 'application/x-www-form-urlencoded';
  const type = (value: string) => ({ 'content-type': value });
  const coded = (coding: string) => ({ 'content-type': form, 'content-encoding': coding });
  const file = '--b\r\nContent-Disposition: form-data; name="a"; filename="f"\r\n\r\nx\r\n';
  const cases: readonly (readonly [string, ExchangeCase, readonly number[], string])[] = [
    ['nothing about an ordinary body', { headers: type(form), body: 'a=b' }, [], 'allow'],
    ['gzip is undone', { headers: coded('gzip'), body: gzipSync('a=evil') }, [1, 2], 'allow'],
    ['an unknown content encoding', { headers: coded('exi'), body: 'a=evil' }, [1, 2, 5, 8], 'block coding 415'],
    ['a broken coding', { headers: coded('gzip'), body: '\x1f\x8b\x08 evil' }, [2, 8], 'block parse 400'],
    ['a document type', { headers: type('application/xml'), body: '<!DOCTYPE a><a>x</a>' }, [3], 'allow'],
    ['JSON without a type', { body: '{"a":"evil"}' }, [1, 2, 4, 7], 'allow'],
    ['JSON that is called a form', { headers: type(form), body: '{"a":"evil"}' }, [1, 2, 4, 7], 'allow'],
    [
      'an unknown charset',
      { headers: type(`${form}; charset=utf-7`), body: 'a=evil' },
      [1, 2, 6],
      'detect charset 415',
    ],
    ['too deep a structure', { headers: json, body: '['.repeat(600) }, [8], 'block limit.body 413'],
    [
      'many files',
      { headers: type('multipart/form-data; boundary=b'), body: `${file.repeat(101)}--b--` },
      [9],
      'allow',
    ],
  ];
  for (const [title, exchange, ids, verdict] of cases) {
    it(`can be read by rules: ${title}`, async () => {
      const plan = await planOf(rules);
      const length = exchange.body?.length ?? 0;
      const whole = runExchange(plan, exchange);
      for (const cuts of [[1], [3, 8], Array.from({ length }, (_, at) => at)]) {
        expect(runExchange(plan, exchange, cuts)).toStrictEqual(whole);
      }
      closePlan(plan);
      expect(idsOf(whole)).toStrictEqual(ids);
      const { kind, cause, status } = { cause: '', status: 0, ...whole.verdict };
      expect(kind === 'allow' ? kind : `${kind} ${cause} ${status}`).toBe(verdict);
    });
  }

  it('is counted when it was not decoded, and only then', async () => {
    const plan = await planOf(rules);
    const failurePolicy = failurePolicyWith({ parse: 'allow' });
    const body = `{"a":1,x${'y'.repeat(20_000)}`;
    const long = runExchange(plan, { headers: json, body }, [], { failurePolicy });
    expect([...long.uninspected]).toStrictEqual([['request-format', body.length]]);
    expect(long.problems.map(({ cause }) => cause)).toStrictEqual(['parse']);
    expect([...runExchange(plan, { headers: json, body: '{"a":1}' }).uninspected]).toStrictEqual([]);
    closePlan(plan);
  });
});

describe('a body that is empty', () => {
  const must = `SecRule REQUEST_METHOD "@streq POST" "id:1,phase:2,deny,chain"
    SecRule REQUEST_BODY "!@rx ^token="`;
  const types = ['', 'text/plain', 'application/json', 'application/xml', 'application/x-www-form-urlencoded'];

  for (const type of types) {
    it(`is a value that rules see (${type || 'no type'})`, async () => {
      const exchange = { method: 'POST', body: '', ...(type === '' ? {} : { headers: { 'content-type': type } }) };
      expect((await run(must, exchange)).matches.length).toBe(1);
      expect(idsOf(await run('SecRule REQUEST_BODY "^$" "id:1,phase:2,pass"', exchange))).toStrictEqual([1]);
      expect(idsOf(await run('SecRule REQUEST_BODY "@rx ." "id:1,phase:2,pass"', exchange))).toStrictEqual([]);
    });
  }

  it('exists if there is no body, but not if bodies are not inspected', async () => {
    const rule = 'SecRule REQUEST_BODY "^$" "id:1,phase:2,pass"';
    expect(idsOf(await run(rule, {}))).toStrictEqual([1]);
    expect(idsOf(await run(rule, { body: 'a' }))).toStrictEqual([]);
    expect(idsOf(await run(`SecRequestBodyAccess Off\n${rule}`, {}))).toStrictEqual([]);
  });

  for (const name of ['AUTH_TYPE', 'REMOTE_USER', 'SESSIONID', 'USERID', 'REQBODY_ERROR_MSG']) {
    it(`has an empty ${name} with it`, async () => {
      expect(idsOf(await run(`SecRule ${name} "^$" "id:1,phase:1,pass"`, {}))).toStrictEqual([1]);
    });
  }
});
