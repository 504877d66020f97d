import { describe, expect, it } from 'vitest';
import { loadPlan } from '../../src/compile/compile.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { crsFolder, crsMissing } from '../support/crs-folder.ts';
import { planOf } from '../support/exchange.ts';

async function noticesOf(rules: string): Promise<readonly string[]> {
  const plan = await planOf(rules);
  closePlan(plan);
  return plan.diagnostics.problems.map(({ reason }) => reason);
}

const known = (variable: string, phase: number) => `it decides nothing: ${variable} is not known before phase ${phase}`;
const unset = (what: string, name: string) => `${what}: TX:${name} is set by no rule, so %{tx.${name}} is empty`;

/** Facts by the phase from which on they are known. */
const facts: Readonly<Record<number, string>> = {
  2: `REQBODY_ERROR REQBODY_ERROR_MSG REQBODY_PROCESSOR_ERROR REQBODY_PROCESSOR_ERROR_MSG MULTIPART_STRICT_ERROR
    MULTIPART_UNMATCHED_BOUNDARY MULTIPART_FILENAME FILES_SIZES FILES_COMBINED_SIZE REQUEST_BODY_LENGTH BODY_XML_DOCTYPE
    BODY_CHARSET_UNSUPPORTED`,
  3: 'RESPONSE_STATUS RESPONSE_PROTOCOL RESPONSE_CONTENT_TYPE RESPONSE_CONTENT_LENGTH STATUS_LINE',
  4: 'RESPONSE_BODY_LENGTH RES_BODY_ERROR RES_BODY_CHARSET_UNSUPPORTED',
};

describe('emptyValueReasons', () => {
  for (const [text, names] of Object.entries(facts)) {
    const phase = Number(text);
    for (const name of names.split(/\s+/)) {
      it(`knows ${name} from phase ${phase} on`, async () => {
        const rule = (at: number, operator = '@eq 1') => `SecRule ${name} "${operator}" "id:1,phase:${at}"`;
        expect(await noticesOf(rule(phase - 1))).toStrictEqual([known(name, phase)]);
        expect(await noticesOf(rule(1, '!@eq 0'))).toStrictEqual([known(name, phase)]);
        expect(await noticesOf(rule(phase))).toStrictEqual([]);
        expect(await noticesOf(rule(5))).toStrictEqual([]);
      });
    }
  }

  const action = (actions: string) => `SecRule ARGS "@rx a" "id:1,phase:2,${actions}"`;
  const told: readonly (readonly [rules: string, reasons: readonly string[]])[] = [
    ['SecRule REQUEST_METHOD "@within %{tx.alowed}" "id:1,phase:1"', [unset('@within', 'alowed')]],
    ['SecRule REQUEST_METHOD "!@within %{TX.Alowed}" "id:1,phase:1"', [unset('@within', 'alowed')]],
    ['SecRule ARGS "@gt %{tx.limit}" "id:1,phase:2"', [unset('@gt', 'limit')]],
    ['SecRule &ARGS "@gt %{tx.limit}" "id:1,phase:2"', [unset('@gt', 'limit')]],
    [action('setvar:tx.s=+%{tx.critical_anomoly_score}'), [unset('setvar', 'critical_anomoly_score')]],
    [action("setvar:'tx.a_%{tx.nmae}=1'"), [unset('setvar', 'nmae')]],
    [action("redirect:'/x?%{tx.y}'"), [unset('redirect', 'y')]],
    [action('initcol:ip=%{tx.adress}'), [unset('initcol', 'adress')]],
    [action('setenv:a=%{tx.y}'), [unset('setenv', 'y')]],
    [action('setvar:tx.a=%{RESPONSE_STATUS}'), ['setvar: RESPONSE_STATUS is not known before phase 3']],
    [action("msg:'found %{tx.alowed}'"), [unset('msg', 'alowed')]],
    [action("logdata:'%{TX.Alowed} in %{ARGS.x}'"), [unset('logdata', 'alowed')]],
    [
      action("msg:'%{tx.a}',logdata:'%{tx.b}',setvar:tx.c=%{tx.d}"),
      [unset('setvar', 'd'), unset('msg', 'a'), unset('logdata', 'b')],
    ],
    [
      'SecRule ARGS "@rx a" "id:1,phase:2,chain"\nSecRule ARGS "@rx b" "logdata:\'%{tx.alowed}\'"',
      [unset('logdata', 'alowed')],
    ],
    [action('msg:%{RESPONSE_STATUS}'), ['msg: RESPONSE_STATUS is not known before phase 3']],
    [action('logdata:%{ip.x}'), ['logdata: IP is opened by no rule (initcol)']],
    [action('msg:%{MATCHED_VARR}'), ['macro %{MATCHED_VARR}: there is no such variable']],
    [action('logdata:%{GEO.COUNTRY_CODE}'), ['macro %{GEO}: variable GEO']],
    [action("logdata:'%{TX}'"), ['logdata: %{TX} is empty: say which, %{TX.NAME}']],
    [action("logdata:'%{RULE}'"), ['logdata: %{RULE} is empty: say which, %{RULE.NAME}']],
    [action("logdata:'%{ENV}'"), ['logdata: %{ENV} is empty: say which, %{ENV.NAME}']],
    [action("initcol:ip=a,logdata:'%{IP}'"), ['logdata: %{IP} is empty: say which, %{IP.NAME}']],
    [action("logdata:'%{RULE.rev}'"), ['logdata: %{rule.rev} is empty: there is id, severity, msg']],
    ...['%{matched-var}', '%{}', '%{ TX.a }', '%{tx.a'].map(
      (text) => [action(`msg:'a ${text}'`), [`msg: "${text}" is not a macro and stays as it is written`]] as const,
    ),
    [action("setvar:'tx.a=%{matched-var}'"), ['setvar: "%{matched-var}" is not a macro and stays as it is written']],
    ['SecRule IP:x "@gt 1" "id:1,phase:2"', ['it decides nothing: IP is opened by no rule (initcol)']],
    ['SecRule &SESSION:x "@eq 0" "id:1,phase:2"', ['it decides nothing: SESSION is opened by no rule (initcol)']],
    ['SecRule ARGS "@within %{global.x}" "id:1,phase:2"', ['@within: GLOBAL is opened by no rule (initcol)']],
    [action('setvar:ip.x=+1'), ['setvar changes nothing: IP is opened by no rule (initcol)']],
    [action('expirevar:user.x=60'), ['expirevar changes nothing: USER is opened by no rule (initcol)']],
    [action('deprecatevar:resource.x=1/60'), ['deprecatevar changes nothing: RESOURCE is opened by no rule (initcol)']],
  ];
  for (const [rules, reasons] of told) {
    it(`reports ${rules}`, async () => expect(await noticesOf(rules)).toStrictEqual(reasons));
  }

  const silent = [
    'SecAction "id:2,phase:1,pass,setvar:tx.allowed=GET"\nSecRule REQUEST_METHOD "@within %{tx.allowed}" "id:1,phase:1"',
    'SecAction "id:2,phase:1,pass,setvar:\'tx.a_%{REMOTE_ADDR}=GET\'"\nSecRule ARGS "@within %{tx.a_b}" "id:1,phase:2"',
    'SecRule &TX:limit "@eq 1" "id:1,phase:2,chain"\nSecRule &ARGS "@gt %{tx.limit}"',
    'SecRule &TX:limit "@eq 0" "id:2,phase:2,pass,skipAfter:A"\nSecRule &ARGS "@gt %{tx.limit}" "id:1,phase:2"\nSecMarker A',
    'SecRule ARGS "@rx (a)" "id:1,phase:2,capture,setvar:tx.x=%{tx.1}"',
    'SecAction "id:2,phase:1,pass,setvar:tx.a=1"\nSecRule ARGS "@rx a" "id:1,phase:2,msg:\'%{tx.a}\',logdata:\'%{tx.0} %{tx.9}\'"',
    'SecRule &TX:a "@eq 1" "id:1,phase:2,msg:\'%{tx.a}\'"',
    action(
      "msg:'100 %, {a} and %(a)',logdata:'%{MATCHED_VAR} %{rule.id} %{ARGS} %{REQUEST_HEADERS.Host} %{MATCHED_VARS_NAMES}'",
    ),
    'SecRule ARGS "@contains %{(#a" "id:1,phase:2"',
    'SecRule ARGS "@rx %\\{[(#]" "id:1,phase:2"',
    'SecAction "id:2,phase:1,pass,initcol:ip=%{REMOTE_ADDR}"\nSecRule IP:x "@gt 1" "id:1,phase:2,setvar:ip.x=+1"',
    'SecAction "id:2,phase:1,pass,setsid:a"\nSecRule SESSION:x "@gt 1" "id:1,phase:2"',
    'SecAction "id:2,phase:1,pass,setuid:a"\nSecRule USER:x "@gt 1" "id:1,phase:2"',
    'SecAction "id:2,phase:1,pass,setrsc:a"\nSecRule RESOURCE:x "@gt 1" "id:1,phase:2"',
    'SecRule ARGS|REQBODY_ERROR "@rx 1" "id:1,phase:1"',
    'SecRule REQBODY_PROCESSOR "!@streq JSON" "id:1,phase:1"',
    'SecRule FULL_REQUEST_LENGTH|ARGS_COMBINED_SIZE|URLENCODED_ERROR "@gt 1" "id:1,phase:1"',
  ];
  for (const rules of silent)
    it(`reports nothing for ${rules}`, async () => expect(await noticesOf(rules)).toStrictEqual([]));

  it.skipIf(crsMissing)('reports nothing for the CRS', async () => {
    const plan = await loadPlan([crsFolder], { cacheFolder: `${import.meta.dirname}/../../.cache/pattern-sets` });
    closePlan(plan);
    const notices = plan.diagnostics.problems.filter(({ kind }) => kind === 'notice');
    expect(notices.map(({ ruleId, reason }) => `${ruleId}: ${reason}`)).toStrictEqual([]);
  });
});
