// Rules give the same result for an exchange whether phases are repeated from earlier results or run: with random rules and
// similar exchanges, as those of one service are.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limitsWith } from '../../src/base/limits.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { type ExchangeCase, planOf, runExchange } from '../support/exchange.ts';

/** Rules by what they read and change; `ID` and `N`, a phase, are inserted. Most do not log, so that phases can be repeated. */
const templates = [
  'SecAction "id:ID,phase:N,pass,nolog,setvar:tx.sum=+1"',
  'SecAction "id:ID,phase:N,pass,nolog,setvar:tx.copy=%{tx.0},setvar:tx.seen=%{MATCHED_VAR}"',
  'SecRule TX:sum "@ge 2" "id:ID,phase:N,pass,nolog,setvar:tx.big=%{tx.sum}"',
  'SecRule TX:sum "@ge %{tx.bar}" "id:ID,phase:N,pass,nolog,setvar:tx.over=+%{tx.sum}"',
  'SecRule &TX:sum "@eq 0" "id:ID,phase:N,pass,nolog,setvar:tx.sum=1,setvar:!tx.copy"',
  'SecRule &ARGS "@gt 1" "id:ID,phase:N,pass,nolog,setvar:tx.args=%{MATCHED_VAR}"',
  'SecRule &ARGS "@gt 1" "id:ID,phase:N,pass,nolog,setvar:tx.many=1"',
  'SecRule &REQUEST_HEADERS:X-A "@eq 1" "id:ID,phase:N,pass,nolog,setvar:tx.xa=+1"',
  'SecRule REQUEST_METHOD "!@within %{tx.allowed}" "id:ID,phase:N,pass,nolog,setvar:tx.method=%{MATCHED_VAR}"',
  'SecRule REQUEST_METHOD "@rx ^(?:GET|HEAD)$" "id:ID,phase:N,pass,nolog,capture,setvar:tx.get=%{tx.0}"',
  'SecRule REQUEST_METHOD "@streq POST" "id:ID,phase:N,pass,nolog,chain,setvar:tx.first=1"\n  SecRule &REQUEST_HEADERS:X-A "@eq 0" "setvar:tx.second=%{MATCHED_VAR_NAME}"',
  'SecRule REQUEST_HEADERS_NAMES "@rx ^.*$" "id:ID,phase:N,pass,nolog,capture,chain,setvar:tx.name_%{tx.0}=/%{tx.0}/"\n  SecRule TX:/^name_/ "@within /x-b/ /x-c/" "setvar:tx.banned=+1"',
  'SecRule REQUEST_HEADERS:X-A "@rx (b+)" "id:ID,phase:N,pass,nolog,capture,setvar:tx.xb=%{tx.1}"',
  'SecRule REQUEST_HEADERS:User-Agent "@rx ^(\\w+)" "id:ID,phase:N,pass,nolog,capture,setvar:tx.agent=%{tx.1}"',
  'SecRule ARGS "@rx a(.)" "id:ID,phase:N,pass,nolog,setvar:tx.hit=+1"',
  'SecRule ARGS "@rx a(.)" "id:ID,phase:N,pass,nolog,capture,setvar:tx.found=%{tx.1}"',
  'SecRule ARGS "@rx (?i)(x)?Z?$" "id:ID,phase:N,pass,nolog,t:lowercase,capture,setvar:tx.last=%{tx.0}-%{tx.1}"',
  'SecRule REQUEST_BASENAME "@rx [.]([^.]+)$" "id:ID,phase:N,pass,nolog,capture,setvar:tx.extension=.%{tx.1}/,chain"\n  SecRule TX:extension "@within .bak/ .sql/" "setvar:tx.banned=+1"',
  'SecRule REQUEST_BASENAME "@rx ^[^.]+" "id:ID,phase:N,pass,nolog,capture,setvar:tx.stem=+%{tx.0}"',
  'SecRule REQUEST_BASENAME "@rx [.]([^.]+)$" "id:ID,phase:N,pass,nolog,capture,setvar:tx.whole=%{MATCHED_VAR}"',
  'SecRule ARGS "@rx z" "id:ID,phase:N,pass,nolog,setvar:tx.named=%{MATCHED_VAR_NAME}"',
  'SecRule ARGS "@rx Z" "id:ID,phase:N,pass,nolog,t:lowercase,t:uppercase,multiMatch,setvar:tx.steps=+1"',
  'SecRule ARGS:a "!@rx ^a" "id:ID,phase:N,pass,nolog,setvar:tx.other=+1"',
  'SecRule ARGS "@rx a" "id:ID,phase:N,pass,nolog,chain"\n  SecRule MATCHED_VAR "@rx b" "setvar:tx.both=1"',
  'SecRule REMOTE_ADDR "@ipMatch 192.0.2.0/24" "id:ID,phase:N,pass,nolog,setvar:tx.from=%{REMOTE_ADDR}"',
  'SecRule REMOTE_ADDR "@ipMatch 192.0.2.0/24" "id:ID,phase:N,pass,nolog,setvar:tx.near=1"',
  'SecRule REQUEST_BODY_LENGTH "@gt 5" "id:ID,phase:N,pass,nolog,setvar:tx.long=%{MATCHED_VAR}"',
  'SecRule REQUEST_BODY_LENGTH "@gt 5" "id:ID,phase:N,pass,nolog,setvar:tx.long=1"',
  'SecRule REQBODY_PROCESSOR "!@rx ^URL" "id:ID,phase:N,pass,nolog,capture,setvar:tx.kind=%{tx.0}"',
  'SecRule ARGS_COMBINED_SIZE "@gt %{tx.bar}" "id:ID,phase:N,pass,nolog,setvar:tx.size=%{MATCHED_VAR}"',
  'SecRule ARGS_COMBINED_SIZE "@gt 3" "id:ID,phase:N,pass,nolog,setvar:tx.large=1"',
  'SecRule RESPONSE_STATUS "!@rx ^404$" "id:ID,phase:N,pass,nolog,capture,setvar:tx.status=%{tx.0}"',
  'SecRule RESPONSE_BODY "!@pm fine good" "id:ID,phase:N,pass,nolog,setvar:tx.bad=1"',
  'SecRule RESPONSE_BODY "@rx le(a)k" "id:ID,phase:N,pass,nolog,setvar:tx.leak=+1"',
  'SecRule TX:sum "@gt 1" "id:ID,phase:N,pass,nolog,skipAfter:END"',
  'SecRule REQUEST_METHOD "@streq POST" "id:ID,phase:N,pass,nolog,skip:1"',
  'SecRule ARGS:b "@rx ." "id:ID,phase:N,pass,nolog,ctl:ruleRemoveById=109"',
  'SecRule ARGS:b "@rx ." "id:ID,phase:N,pass,nolog,ctl:ruleRemoveTargetById=104-112;ARGS:a"',
  'SecRule REQUEST_METHOD "@streq PUT" "id:ID,phase:N,pass,nolog,ctl:ruleEngine=DetectionOnly"',
  'SecRule TX:sum "@gt 2" "id:ID,phase:N,pass,log,msg:\'%{tx.sum} %{MATCHED_VAR_NAME}\',severity:CRITICAL"',
  'SecRule HIGHEST_SEVERITY "@lt 3" "id:ID,phase:N,pass,nolog,setvar:tx.severe=%{HIGHEST_SEVERITY}"',
  'SecRule ARGS:evil "@rx ." "id:ID,phase:N,deny,log"',
  'SecRule TX:banned "@ge 1" "id:ID,phase:N,deny,log,status:406"',
  'SecRule ARGS:free "@rx ." "id:ID,phase:N,allow:phase,nolog"',
] as const;

const settings = `SecRuleEngine ENGINE
SecRequestBodyAccess On
SecResponseBodyAccess On
SecResponseBodyMimeType text/plain
SecAction "id:1,phase:1,pass,nolog,setvar:tx.allowed=GET POST,setvar:tx.bar=3"
`;
/** Logs everything in TX. */
const telling =
  'SecMarker END\nSecRule TX:/./ "@rx ^" "id:2,phase:5,pass,log,logdata:\'%{MATCHED_VAR_NAME}=%{MATCHED_VAR}\'"\n';
const dumping = `${telling}SecRule TX:/./ "@unconditionalMatch" "id:3,phase:5,pass,nolog,setvar:tx.dump=%{tx.dump}|%{MATCHED_VAR_NAME}=%{MATCHED_VAR}"
SecAction "id:4,phase:5,pass,log,logdata:'%{tx.dump}'"\n`;

const chosenRules = fc.array(
  fc.record({ template: fc.constantFrom(...templates), phase: fc.constantFrom(1, 1, 2, 2, 3, 4) }),
  { minLength: 4, maxLength: 12 },
);
const rules = fc.tuple(chosenRules, fc.constantFrom('On', 'On', 'DetectionOnly')).map(([chosen, engine]) => {
  const lines = chosen.map(({ template, phase }, at) =>
    template.replace('ID', String(100 + at)).replace('phase:N', `phase:${phase}`),
  );
  return `${settings.replace('ENGINE', engine)}${lines.join('\n')}\n${dumping}`;
});

const value = fc.constantFrom('', 'a', 'ab', 'az', 'abc', 'z', 'Z', 'x'.repeat(200));
const exchange: fc.Arbitrary<ExchangeCase> = fc
  .record({
    method: fc.constantFrom('GET', 'GET', 'POST', 'PUT'),
    path: fc.constantFrom('/', '/one.html', '/two.html', '/three.html', '/a.bak', '/b.bak', `/${'y'.repeat(200)}.html`),
    args: fc.array(fc.tuple(fc.constantFrom('a', 'a', 'b', 'c', 'evil', 'free'), value), { maxLength: 3 }),
    xa: fc.option(value),
    agent: fc.constantFrom('tool/1', 'other/2'),
    other: fc.constantFrom('x-b', 'accept', 'x-d'),
    status: fc.constantFrom(200, 200, 404),
    page: fc.constantFrom('fine', 'fine', 'a leak', 'odd'),
  })
  .map(({ method, path, args, xa, agent, other, status, page }) => {
    const pairs = args.map(([name, text]) => `${name}=${text}`).join('&');
    const headers = {
      'user-agent': agent,
      [other]: 'y',
      ...(xa === null ? {} : { 'x-a': xa }),
      ...(method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
    };
    return {
      method,
      target: method === 'POST' ? path : `${path}?${pairs}`,
      headers,
      ...(method === 'POST' ? { body: pairs } : {}),
      response: { status, headers: { 'content-type': 'text/plain' }, body: page },
    };
  });

describe('phases that are repeated', () => {
  it('give the same result as when they are run', async () => {
    const seen = { many: 0 };
    await fc.assert(
      fc.asyncProperty(rules, fc.array(exchange, { minLength: 2, maxLength: 10 }), async (text, exchanges) => {
        let plan: Plan | undefined;
        try {
          plan = await planOf(text);
          const shared = limitsWith({});
          for (const one of [...exchanges, ...exchanges]) {
            // Stored results belong to one set of limits: with new limits there are none.
            const run = runExchange(plan, one, [], { limits: limitsWith({}) });
            const repeated = runExchange(plan, one, [], { limits: shared });
            expect({ ...repeated, summary: text }).toStrictEqual({ ...run, summary: text });
            seen.many += run.matches.length;
          }
        } finally {
          if (plan !== undefined) closePlan(plan);
        }
      }),
      { numRuns: 80 },
    );
    expect(seen.many).toBeGreaterThan(0);
  }, 60_000);
});
