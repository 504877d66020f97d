// For each directive, action and ctl option that docs/seclang.md calls supported: rules with and without it that lead one and the
// same exchange to different outcomes.

import type { ExchangeCase } from '../support/exchange.ts';

/** A word with an effect. `$HERE` in rules is the folder of this file. */
export interface NamedWord {
  readonly with: string;
  readonly without: string;
  /** `GET /?name=value` by default. */
  readonly in?: ExchangeCase;
  /** Seconds until the exchange is repeated; only the second outcome counts. */
  readonly againAfter?: number;
}

const hit = 'SecRule ARGS:name "@streq value" "id:1,phase:2,deny,log,auditlog,tag:\'blog\',msg:\'First\'"';
const json: ExchangeCase = { headers: { 'content-type': 'application/json' }, body: '{"name":"value"}' };
const page: ExchangeCase = { response: { headers: { 'content-type': 'text/html' }, body: 'leak' } };
const leak = 'SecRule RESPONSE_BODY "@contains leak" "id:1,phase:4,deny"';
const bodied = 'SecRule REQUEST_BODY "@contains value" "id:1,phase:2,deny"';
const text: ExchangeCase = { headers: { 'content-type': 'text/plain' }, body: 'value' };

/** Rule 1 with one more action, and without. */
const action = (more: string, rest = ''): NamedWord => ({
  with: `SecRule ARGS:name "@streq value" "id:1,phase:2,${more}"\n${rest}`,
  without: `SecRule ARGS:name "@streq value" "id:1,phase:2"\n${rest}`,
});
/** A rule of phase 1 with the option, and without, before other rules. */
const control = (option: string, rest: string, exchange: ExchangeCase = {}): NamedWord => ({
  with: `SecAction "id:90,phase:1,pass,nolog,ctl:${option}"\n${rest}`,
  without: `SecAction "id:90,phase:1,pass,nolog"\n${rest}`,
  in: exchange,
});
const directive = (line: string, rest = hit, exchange: ExchangeCase = {}): NamedWord => ({
  with: `${line}\n${rest}`,
  without: rest,
  in: exchange,
});
const opened = 'SecAction "id:91,phase:1,pass,nolog,initcol:ip=key"\n';
const stored = `${opened}SecRule IP:n "@ge 1" "id:2,phase:1,pass"\n`;
const worn = 'deprecatevar:ip.n=5/10';
const asked = 'SecRule IP:n "@ge 1" "id:2,phase:1,pass"\nSecAction "id:3,phase:5,pass,nolog,setvar:ip.n=1"';

/** By kind and name. */
export const namedWords: Readonly<Record<string, NamedWord>> = {
  'directive Include': directive('Include $HERE/included.conf', 'SecAction "id:9,phase:5,pass,nolog"'),
  'directive IncludeOptional': directive('IncludeOptional $HERE/include*.conf', 'SecAction "id:9,phase:5,pass,nolog"'),
  'directive SecAction': directive('SecAction "id:2,phase:1,deny"'),
  'directive SecArgumentSeparator': directive('SecArgumentSeparator ;', hit, { target: '/?a=b;name=value' }),
  'directive SecAuditEngine': directive('SecAuditEngine Off'),
  'directive SecAuditLogParts': directive('SecAuditLogParts AHZ'),
  'directive SecAuditLogRelevantStatus': directive('SecAuditLogRelevantStatus ^4', action('deny,nolog').with),
  'directive SecCollectionTimeout': {
    ...directive('SecCollectionTimeout 10', `${stored}SecAction "id:3,phase:5,pass,nolog,setvar:ip.n=+1"`),
    againAfter: 60,
  },
  'directive SecDefaultAction': directive('SecDefaultAction "phase:2,deny,status:418"', action('block').with),
  'directive SecMarker': directive(
    'SecAction "id:2,phase:2,pass,nolog,skipAfter:END"',
    `${hit}\nSecMarker END\nSecAction "id:3,phase:2,pass"`,
  ),
  'directive SecParseXmlIntoArgs': { with: `SecParseXmlIntoArgs Off\n${hit}`, without: 'SecParseXmlIntoArgs On' },
  'directive SecRequestBodyAccess': directive('SecRequestBodyAccess Off', bodied, text),
  'directive SecResponseBodyAccess': directive('SecResponseBodyAccess Off', leak, page),
  'directive SecResponseBodyMimeType': directive('SecResponseBodyMimeType image/png', leak, page),
  'directive SecResponseBodyMimeTypesClear': directive('SecResponseBodyMimeTypesClear', leak, page),
  'directive SecRule': directive(hit, 'SecAction "id:9,phase:5,pass,nolog"'),
  'directive SecRuleEngine': directive('SecRuleEngine DetectionOnly'),
  'directive SecRuleRemoveById': directive('SecRuleRemoveById 1'),
  'directive SecRuleRemoveByMsg': directive('SecRuleRemoveByMsg Fir'),
  'directive SecRuleRemoveByTag': directive('SecRuleRemoveByTag blo'),
  'directive SecRuleUpdateActionById': directive('SecRuleUpdateActionById 1 "pass"'),
  'directive SecRuleUpdateTargetById': directive('SecRuleUpdateTargetById 1 "!ARGS:name"'),
  'directive SecRuleUpdateTargetByMsg': directive('SecRuleUpdateTargetByMsg First "!ARGS:name"'),
  'directive SecRuleUpdateTargetByTag': directive('SecRuleUpdateTargetByTag blog "!ARGS:name"'),
  'directive SecWebAppId': directive('SecWebAppId shop', 'SecRule WEBAPPID "@streq shop" "id:1,phase:1,deny"'),

  'action allow': action('allow,nolog', 'SecAction "id:2,phase:2,deny"'),
  'action auditlog': action('nolog,auditlog,pass'),
  'action block': {
    with: `SecDefaultAction "phase:2,deny"\n${action('block').with}`,
    without: `SecDefaultAction "phase:2,deny"\n${action('pass').with}`,
  },
  'action capture': {
    with: 'SecRule ARGS "@rx (val)" "id:1,phase:2,pass,nolog,capture"\nSecRule TX:1 "@streq val" "id:2,phase:2,deny"',
    without: 'SecRule ARGS "@rx (val)" "id:1,phase:2,pass,nolog"\nSecRule TX:1 "@streq val" "id:2,phase:2,deny"',
  },
  'action chain': {
    with: 'SecRule ARGS "@rx val" "id:1,phase:2,deny,chain"\nSecRule ARGS "@streq other"',
    without: 'SecRule ARGS "@rx val" "id:1,phase:2,deny"',
  },
  'action ctl': action('pass,ctl:ruleEngine=Off', 'SecAction "id:2,phase:2,deny"'),
  'action deny': action('deny'),
  'action deprecatevar': {
    // It counts from when it first reads the variable.
    with: `${opened}SecAction "id:4,phase:1,pass,nolog,${worn}"\n${asked}\nSecAction "id:5,phase:5,pass,nolog,${worn}"`,
    without: `${opened}${asked}`,
    againAfter: 60,
  },
  'action drop': action('drop'),
  'action expirevar': {
    with: `${stored}SecAction "id:3,phase:1,pass,nolog,setvar:ip.n=1,expirevar:ip.n=10"`,
    without: `${stored}SecAction "id:3,phase:1,pass,nolog,setvar:ip.n=1"`,
    againAfter: 60,
  },
  'action id': { with: action('pass').with, without: 'SecRule ARGS:name "@streq value" "id:7,phase:2,pass"' },
  'action initcol': {
    with: 'SecAction "id:1,phase:1,pass,nolog,initcol:ip=key,setvar:ip.n=1"\nSecRule IP:n "@eq 1" "id:2,phase:1,deny"',
    without: 'SecAction "id:1,phase:1,pass,nolog,setvar:ip.n=1"\nSecRule IP:n "@eq 1" "id:2,phase:1,deny"',
  },
  'action log': {
    with: `SecDefaultAction "phase:2,nolog,pass"\n${action('log').with}`,
    without: `SecDefaultAction "phase:2,nolog,pass"\n${action('pass').with}`,
  },
  'action logdata': action("pass,logdata:'%{MATCHED_VAR}'"),
  'action msg': action("pass,msg:'a message'"),
  'action multiMatch': {
    with: 'SecRule ARGS "@rx val" "id:1,phase:2,deny,t:uppercase,multiMatch"',
    without: 'SecRule ARGS "@rx val" "id:1,phase:2,deny,t:uppercase"',
  },
  'action noauditlog': action('pass,noauditlog'),
  'action nolog': action('pass,nolog'),
  'action pass': { with: action('pass').with, without: action('deny').with },
  'action phase': {
    with: 'SecRule ARGS_POST "@rx val" "id:1,phase:1,deny"',
    without: 'SecRule ARGS_POST "@rx val" "id:1,phase:2,deny"',
    in: json,
  },
  'action redirect': action("redirect:'https://example.test/'"),
  'action setenv': action('pass,nolog,setenv:a=b', 'SecRule ENV:a "@streq b" "id:2,phase:2,deny"'),
  'action setrsc': action(
    'pass,nolog,setrsc:key,setvar:resource.a=1',
    'SecRule RESOURCE:a "@eq 1" "id:2,phase:2,deny"',
  ),
  'action setsid': action('pass,nolog,setsid:key', 'SecRule SESSIONID "@streq key" "id:2,phase:2,deny"'),
  'action setuid': action('pass,nolog,setuid:key', 'SecRule USERID "@streq key" "id:2,phase:2,deny"'),
  'action setvar': action('pass,nolog,setvar:tx.a=1', 'SecRule TX:a "@eq 1" "id:2,phase:2,deny"'),
  'action severity': action('pass,severity:CRITICAL'),
  'action skip': action('pass,skip:1', 'SecAction "id:2,phase:2,deny"'),
  'action skipAfter': action('pass,skipAfter:END', 'SecAction "id:2,phase:2,deny"\nSecMarker END'),
  'action status': { with: action('deny,status:418').with, without: action('deny').with },
  'action t': {
    with: 'SecRule ARGS "@streq VALUE" "id:1,phase:2,deny,t:uppercase"',
    without: 'SecRule ARGS "@streq VALUE" "id:1,phase:2,deny"',
  },
  'action tag': action("pass,tag:'blog'"),

  'ctl option auditEngine': control('auditEngine=Off', hit),
  'ctl option auditLogParts': control('auditLogParts=-B', hit),
  'ctl option forceRequestBodyVariable': control('forceRequestBodyVariable=On', bodied, json),
  'ctl option forceResponseBodyVariable': control(
    'forceResponseBodyVariable=On',
    `SecResponseBodyMimeType image/png\n${leak}`,
    page,
  ),
  'ctl option onFailure': control('onFailure=parse=allow', 'SecAction "id:9,phase:5,pass,nolog"', {
    ...json,
    body: '{"a":',
  }),
  'ctl option requestBodyAccess': control('requestBodyAccess=Off', bodied, text),
  'ctl option requestBodyProcessor': control(
    'requestBodyProcessor=URLENCODED',
    'SecRule ARGS_POST:name "@streq 7" "id:1,phase:2,deny"',
    { headers: { 'content-type': 'text/x-odd' }, body: 'name=7' },
  ),
  'ctl option responseBodyAccess': control('responseBodyAccess=Off', leak, page),
  'ctl option ruleEngine': control('ruleEngine=DetectionOnly', hit),
  'ctl option ruleRemoveById': control('ruleRemoveById=1', hit),
  'ctl option ruleRemoveByMsg': control('ruleRemoveByMsg=^First', hit),
  'ctl option ruleRemoveByTag': control('ruleRemoveByTag=log$', hit),
  'ctl option ruleRemoveTargetById': control('ruleRemoveTargetById=1;ARGS:name', hit),
  'ctl option ruleRemoveTargetByMsg': control('ruleRemoveTargetByMsg=First;ARGS:name', hit),
  'ctl option ruleRemoveTargetByTag': control('ruleRemoveTargetByTag=blog;ARGS:name', hit),
};
