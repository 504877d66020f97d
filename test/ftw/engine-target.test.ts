// The engine as a target, with a small rule file of its own.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import { loadPlan } from '../../src/compile/compile.ts';
import { engineTarget } from '../../src/ftw/engine-target.ts';
import type { StageOutcome } from '../../src/ftw/outcome.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';

const rules = String.raw`
SecRuleEngine On
SecRequestBodyAccess On
SecResponseBodyAccess On
SecResponseBodyMimeType text/plain
SecDefaultAction "phase:1,pass,log"
SecDefaultAction "phase:2,pass,log"
SecDefaultAction "phase:4,pass,log"
SecRule REQUEST_METHOD "@rx ." "id:1,phase:1,pass,nolog"
SecRule ARGS "@rx evil(\w+)" "id:2,phase:2,block,capture,msg:'an evil argument',logdata:'%{TX.1} in %{MATCHED_VAR_NAME}'"
SecRule ARGS "@contains deadly" "id:3,phase:2,deny,status:406,log"
SecRule RESPONSE_BODY "@contains secret" "id:4,phase:4,block"
SecRule RESPONSE_BODY "@contains topmost" "id:5,phase:4,deny,status:502,log"
SecRule REQUEST_PROTOCOL "@streq HTTP/0.9" "id:6,phase:1,block"
SecRule ARGS:count "@streq 1" "id:8,phase:1,pass,nolog,initcol:ip=%{REMOTE_ADDR},setvar:ip.n=+1"
SecRule IP:n "@gt 2" "id:9,phase:1,pass,log,logdata:'%{IP.n}'"
SecRule REQUEST_HEADERS:X-Trailer "@streq late" "id:7,phase:2,block"
`;

const get = (target: string): string => `GET ${target} HTTP/1.1\r\nHost: x\r\n\r\n`;
const post = (path: string, type: string, body: string): string =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const form = 'application/x-www-form-urlencoded';

describe('engineTarget', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-engine-'));
  let plan: Plan;
  beforeAll(async () => {
    const file = join(folder, 'rules.conf');
    writeFileSync(file, rules);
    plan = await loadPlan([file]);
  });
  afterAll(() => {
    closePlan(plan);
    rmSync(folder, { recursive: true });
  });

  const ask = async (...texts: string[]): Promise<readonly StageOutcome[]> =>
    engineTarget(plan, { limits }, ['whole', 1, 7, 65_536])(texts.map((text) => Buffer.from(text, 'latin1')));
  const askOne = async (text: string): Promise<StageOutcome> => {
    const [outcome] = await ask(text);
    expect.assert(outcome !== undefined);
    expect(outcome.faults).toStrictEqual([]);
    return outcome;
  };

  it('counts a request once in persistent collections, although it runs in several ways', async () => {
    const count = post('/?count=1', form, 'a=b');
    const outcomes = await ask(count, get('/?count=1'), count, get('/?count=1'));
    expect(outcomes.map(({ ruleIds, faults }) => [ruleIds, faults])).toStrictEqual([
      [[], []],
      [[], []],
      [[9], []],
      [[9], []],
    ]);
    expect(outcomes[3]?.logLines[0] ?? '').toMatch(/data "4"/);
  });

  it('lets a request through that no logging rule matches', async () => {
    const outcome = await askOne(get('/?a=good'));
    expect(outcome.status).toBe(200);
    expect(outcome.ruleIds, 'rules with nolog are not in the log').toStrictEqual([]);
    expect(outcome.logLines).toStrictEqual([]);
  });

  it('reports rules and log lines of query and body', async () => {
    for (const text of [get('/?a=evilness'), post('/', form, 'a=evilness')]) {
      const outcome = await askOne(text);
      expect(outcome.ruleIds).toStrictEqual([2]);
      expect(outcome.logLines[0] ?? '').toMatch(/\[id "2"\] \[msg "an evil argument"\] \[data "ness in ARGS:a"\]/);
    }
  });

  it('responds with the status of a blocking rule, and does not call the service', async () => {
    const outcome = await askOne(post('/reflect', 'application/json', '{"a": "deadly", "body": "secret"}'));
    expect(outcome.status).toBe(406);
    expect(outcome.ruleIds).toStrictEqual([3]);
  });

  it('inspects the response of the service', async () => {
    const outcome = await askOne(post('/reflect', 'application/json', '{"status": 404, "body": "a secret"}'));
    expect(outcome.status).toBe(404);
    expect(outcome.ruleIds).toStrictEqual([4]);
    expect(outcome.answer.startsWith('HTTP/1.1 404\r\n')).toBe(true);
    expect(outcome.answer.endsWith('\r\n\r\na secret')).toBe(true);
    expect((await askOne(post('/reflect', 'application/json', '{"body": "topmost"}'))).status).toBe(502);
  });

  it('shows no body to a client that sent HEAD', async () => {
    expect((await askOne('HEAD / HTTP/1.1\r\nHost: x\r\n\r\n')).status).toBe(200);
  });

  it('rejects what a server would, before any rule', async () => {
    const outcome = await askOne('GET / HTTP/1.1\r\n\r\n');
    expect(outcome.status).toBe(400);
    expect(outcome.refusal ?? '').toMatch(/no Host/);
  });

  it('passes an HTTP/0.9 request to the rules, and gives a response that no client can parse', async () => {
    const outcome = await askOne('GET / \r\n\r\n');
    expect(outcome.status).toBe(undefined);
    expect(outcome.ruleIds).toStrictEqual([6]);
  });

  it('gives trailers to the rules', async () => {
    const outcome = await askOne(
      'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-Trailer: late\r\n\r\n',
    );
    expect(outcome.ruleIds).toStrictEqual([7]);
  });

  it('accepts bodies above what is scanned at once', async () => {
    const outcome = await askOne(post('/', form, `a=${'x'.repeat(200_000)}&b=evilness`));
    expect(outcome.ruleIds).toStrictEqual([2]);
  });

  it('responds to many requests in order', async () => {
    const outcomes = await ask(get('/?a=evila'), get('/'), get('/?a=deadly'));
    expect(outcomes.map(({ status, ruleIds }) => [status, ruleIds])).toStrictEqual([
      [200, [2]],
      [200, []],
      [406, [3]],
    ]);
  });
});
