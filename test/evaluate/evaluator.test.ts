import { describe, expect, it } from 'vitest';
import { closePlan } from '../../src/plan/close-plan.ts';
import type { InspectionSummary } from '../../src/transaction/inspection.ts';
import { type ExchangeCase, idsOf, planOf, runExchange } from '../support/exchange.ts';

/** Runs exchanges over rules and returns the result of `see` for each. */
async function runAll<Seen>(
  rules: string,
  exchanges: readonly ExchangeCase[],
  see: (summary: InspectionSummary) => Seen,
): Promise<Seen[]> {
  const plan = await planOf(rules);
  try {
    return exchanges.map((exchange) => see(runExchange(plan, exchange)));
  } finally {
    closePlan(plan);
  }
}

const ids = (rules: string, ...targets: string[]): Promise<number[][]> =>
  runAll(
    rules,
    targets.map((target) => ({ target })),
    idsOf,
  );
const verdict = (rules: string, exchange: ExchangeCase): Promise<string> =>
  runAll(rules, [exchange], ({ verdict: seen }) =>
    seen.kind === 'allow' ? 'allow' : `${seen.kind} ${seen.ruleId} ${seen.status} phase ${seen.phase}`,
  ).then(([only]) => only as string);

describe('evaluateInSteps', () => {
  it('needs every link of a chain', async () => {
    const rules = `SecRule ARGS:a "@streq 1" "id:1,phase:2,pass,log,chain"
        SecRule ARGS:b "@streq 2" "chain"
          SecRule ARGS:c "@streq 3" "t:none"`;
    expect(await ids(rules, '/?a=1&b=2&c=3', '/?a=1&b=2', '/?b=2&c=3')).toStrictEqual([[1], [], []]);
  });

  it('applies the effects of a link even if the next one does not match', async () => {
    const rules = `SecRule ARGS:a "@streq 1" "id:1,phase:2,pass,nolog,setvar:tx.seen=1,chain"
        SecRule ARGS:b "@streq 2" "t:none"
      SecRule TX:seen "@eq 1" "id:2,phase:2,pass,log"`;
    expect(await ids(rules, '/?a=1', '/?a=2')).toStrictEqual([[2], []]);
  });

  it('applies effects once for each matching value', async () => {
    const rules = `SecRule ARGS "@contains x" "id:1,phase:2,pass,nolog,setvar:tx.n=+2"
      SecRule TX:n "@eq 6" "id:2,phase:2,pass,log"`;
    expect(await ids(rules, '/?a=x&b=x&c=y&d=x', '/?a=x&b=x')).toStrictEqual([[2], []]);
  });

  it('gives the matches of a link to the next one', async () => {
    const rules = `SecRule ARGS "@contains x" "id:1,phase:2,pass,log,chain"
        SecRule MATCHED_VARS "@contains y" "t:none"
      SecRule ARGS "@contains x" "id:2,phase:2,pass,log,chain"
        SecRule MATCHED_VAR "@contains y" "t:none"`;
    expect(await ids(rules, '/?a=xy&b=x', '/?a=x&b=xy', '/?a=x&b=y')).toStrictEqual([[1], [1, 2], []]);
  });

  it('gives the matches of a link to all links after it, until one narrows them down', async () => {
    const head = 'SecRule ARGS "@contains x" "phase:2,pass,log,chain';
    const rules = `${head},id:1"
        SecRule REQUEST_METHOD "@streq GET" "chain"
        SecRule MATCHED_VARS "@contains y" "t:none"
      ${head},id:2"
        SecRule MATCHED_VARS "@contains y" "chain"
        SecRule MATCHED_VARS "@contains z" "t:none"
      ${head},id:3"
        SecRule MATCHED_VARS "@contains y" "chain"
        SecRule MATCHED_VARS_NAMES "@streq ARGS:a" "t:none"
      ${head},id:4"
        SecRule MATCHED_VARS "!@contains y" "chain"
        SecRule REQUEST_METHOD "@streq GET" "chain"
        SecRule MATCHED_VARS_NAMES "@streq ARGS:a" "t:none"
      ${head},id:5"
        SecRule REQUEST_METHOD "@streq GET" "chain"
        SecRule MATCHED_VARS:ARGS:b "@contains y" "t:none"`;
    expect(await ids(rules, '/?a=xy&b=x', '/?a=x&b=xyz', '/?a=xy&b=xz')).toStrictEqual([
      [1, 3],
      [1, 2, 4, 5],
      [1, 3],
    ]);
  });

  it('re-tests transformed values', async () => {
    const rules = `SecRule ARGS "@contains ab" "id:1,phase:2,pass,log,t:lowercase,chain"
        SecRule MATCHED_VARS "@streq abc" "t:none"`;
    expect(await ids(rules, '/?a=ABC')).toStrictEqual([[1]]);
  });

  it('captures groups and clears those that took no part', async () => {
    const rules = String.raw`SecRule ARGS:a "@rx ^(\w)(\d)?" "id:1,phase:2,pass,nolog,capture"
      SecRule TX:1 "@streq k" "id:2,phase:2,pass,log"
      SecRule TX:2 "@streq 7" "id:3,phase:2,pass,log"
      SecRule ARGS:b "@rx ^(\w)(\d)?" "id:4,phase:2,pass,nolog,capture"
      SecRule &TX:2 "@eq 0" "id:5,phase:2,pass,log"`;
    expect(await ids(rules, '/?a=k7', '/?a=k7&b=k')).toStrictEqual([
      [2, 3],
      [2, 3, 5],
    ]);
  });

  it('removes rules and targets at run time', async () => {
    const rules = `SecRule ARGS:off "@streq 1" "id:1,phase:1,pass,nolog,ctl:ruleRemoveById=10-11"
      SecRule ARGS:off "@streq 2" "id:2,phase:1,pass,nolog,ctl:ruleRemoveByTag=greedy"
      SecRule ARGS:off "@streq 3" "id:3,phase:1,pass,nolog,ctl:ruleRemoveTargetById=10;ARGS:x"
      SecRule ARGS:off "@streq 4" "id:4,phase:1,pass,nolog,ctl:ruleRemoveTargetByTag=greedy;ARGS:/^x/"
      SecRule ARGS "@contains evil" "id:10,phase:2,pass,log,tag:greedy"
      SecRule ARGS "@contains evil" "id:11,phase:2,pass,log"`;
    const attack = 'x=evil';
    expect(
      await ids(rules, ...['0', '1', '2', '3', '4'].map((off) => `/?off=${off}&${attack}`), '/?off=3&y=evil'),
    ).toStrictEqual([[10, 11], [], [11], [11], [11], [10, 11]]);
  });

  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const messages: readonly (readonly [string, (text: string) => ExchangeCase])[] = [
    ['of a query', (text) => ({ target: `/?${text}` })],
    ['of a form', (text) => ({ headers: form, body: text })],
  ];
  for (const [what, query] of messages) {
    it(`counts arguments ${what} without those that are left out`, async () => {
      const rules = `SecRule ARGS:off "@streq 1" "id:1,phase:2,pass,nolog,ctl:ruleRemoveTargetById=10-11;ARGS:/^x/"
        SecRule ARGS:off "@streq 2" "id:2,phase:2,pass,nolog,ctl:ruleRemoveTargetById=10;ARGS"
        SecRule &ARGS "@eq 4" "id:10,phase:2,pass,log"
        SecRule &ARGS|!ARGS:y "@eq 3" "id:11,phase:2,pass,log"
        SecRule &ARGS:x "@eq 2" "id:12,phase:2,pass,log"
        SecRule &ARGS "@eq 4" "id:13,phase:2,pass,log"`;
      const texts = ['off=0&x=1&x=2&y=3', 'off=1&x=1&x=2&y=3', 'off=2&x=1&x=2&y=3', 'off=0&a=1&a=2&a=3'];
      expect(await runAll(rules, texts.map(query), idsOf)).toStrictEqual([
        [10, 11, 12, 13],
        [12, 13],
        [11, 12, 13],
        [10, 13],
      ]);
    });
  }

  it('switches to Off and DetectionOnly at run time', async () => {
    const rules = `SecRule ARGS:mode "@streq off" "id:1,phase:1,pass,nolog,ctl:ruleEngine=Off"
      SecRule ARGS:mode "@streq detect" "id:2,phase:1,pass,nolog,ctl:ruleEngine=DetectionOnly"
      SecRule ARGS:a "@streq x" "id:3,phase:2,deny,log"
      SecRule ARGS:a "@streq x" "id:4,phase:2,deny,log,status:500"`;
    expect(await ids(rules, '/?a=x', '/?a=x&mode=off', '/?a=x&mode=detect')).toStrictEqual([[3], [], [3, 4]]);
    expect(await verdict(rules, { target: '/?a=x&mode=detect' })).toBe('detect 3 403 phase 2');
  });

  it('ends the phase, the request or everything with allow', async () => {
    const rules = `SecRule ARGS:allow "@streq phase" "id:1,phase:1,allow:phase,nolog"
      SecRule ARGS:allow "@streq request" "id:2,phase:1,allow:request,nolog"
      SecRule ARGS:allow "@streq all" "id:3,phase:1,allow,nolog"
      SecRule ARGS "@contains x" "id:11,phase:1,pass,log"
      SecRule ARGS "@contains x" "id:12,phase:2,pass,log"
      SecRule RESPONSE_STATUS "@eq 200" "id:13,phase:3,pass,log"
      SecRule RESPONSE_STATUS "@eq 200" "id:15,phase:5,pass,log"`;
    const run = (mode: string) => ({ target: `/?allow=${mode}&a=x`, response: {} });
    expect(await runAll(rules, ['', 'phase', 'request', 'all'].map(run), idsOf)).toStrictEqual([
      [11, 12, 13, 15],
      [12, 13, 15],
      [13, 15],
      [15],
    ]);
  });

  it('stops at the first rule that denies', async () => {
    const rules = `SecRule ARGS "@contains x" "id:1,phase:1,deny,status:418,log"
      SecRule ARGS "@contains x" "id:2,phase:1,pass,log"
      SecRule ARGS "@contains x" "id:3,phase:5,pass,log"`;
    expect(await ids(rules, '/?a=x')).toStrictEqual([[1, 3]]);
    expect(await verdict(rules, { target: '/?a=x' })).toBe('block 1 418 phase 1');
  });

  it('answers a redirect with its status', async () => {
    const rules = `SecRule ARGS "@contains x" "id:1,phase:1,redirect:'https://example.org/',log"`;
    expect(await verdict(rules, { target: '/?a=x' })).toBe('block 1 302 phase 1');
  });

  it('records no match of a bookkeeping rule', async () => {
    const rules = 'SecRule ARGS "@contains x" "id:1,phase:1,pass,nolog,setvar:tx.a=1"';
    const [matches] = await runAll(rules, [{ target: '/?a=x' }], (summary) => summary.matches.length);
    expect(matches).toBe(0);
  });

  it('counts how many values matched above the limit of MATCHED_VARS', async () => {
    const rules = `SecRule ARGS "@contains x" "id:1,phase:2,pass,log,chain"
        SecRule MATCHED_VARS "@contains y" "t:none"`;
    const target = `/?${Array.from({ length: 300 }, (_, n) => `a${n}=x`).join('&')}`;
    const [problems] = await runAll(rules, [{ target }], (summary) => summary.problems.map((one) => one.cause));
    expect(problems).toStrictEqual(['limit.matched']);
  });

  it('reports that storage is used up before a chain has read a value', async () => {
    const rules = `SecRule ARGS "@contains x" "id:1,phase:2,pass,log,chain"
        SecRule MATCHED_VARS "@contains evil" "t:none"`;
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const decoy = `a=x${'y'.repeat(60_000)}`;
    const run = (body: string) => ({ headers, body });
    const causes = await runAll(rules, [run(decoy), run([...Array(5).fill(decoy), 'b=x evil'].join('&'))], (summary) =>
      summary.problems.map((one) => one.cause),
    );
    expect(causes).toStrictEqual([[], ['limit.matched']]);
  });
});
