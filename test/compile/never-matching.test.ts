import { describe, expect, it } from 'vitest';
import { loadPlan } from '../../src/compile/compile.ts';
import { closePlan } from '../../src/plan/close-plan.ts';
import { crsFolder, crsMissing } from '../support/crs-folder.ts';
import { planOf } from '../support/exchange.ts';

async function noticesOf(rules: string): Promise<readonly string[]> {
  const plan = await planOf(rules);
  closePlan(plan);
  return plan.diagnostics.problems.map(({ reason }) => reason.replace('it can never match: ', ''));
}

describe('neverMatchingReasons', () => {
  const never: readonly (readonly [rule: string, reason: string])[] = [
    ['REQUEST_BODY "@rx a" "id:1,phase:1"', 'REQUEST_BODY has no value before phase 2'],
    ['ARGS_POST|FILES "@rx a" "id:1,phase:1"', 'ARGS_POST has no value before phase 2'],
    ['XML:/* "@rx a" "id:1,phase:1"', 'XML has no value before phase 2'],
    ['RESPONSE_HEADERS "@rx a" "id:1,phase:2"', 'RESPONSE_HEADERS has no value before phase 3'],
    ['RESPONSE_BODY "@contains a" "id:1,phase:2"', 'RESPONSE_BODY has no value before phase 4'],
    ['RESPONSE_BODY "@pm a b" "id:1,phase:3"', 'RESPONSE_BODY has no value before phase 4'],
    ['ARGS "@rx UNION" "id:1,phase:2,t:lowercase"', '@rx looks for bytes that no value has after t:lowercase'],
    [
      'ARGS "@rx ^(?:SELECT|UNION)$" "id:1,phase:2,t:urlDecodeUni,t:lowercase,t:removeNulls"',
      '@rx looks for bytes that no value has after t:urlDecodeUni,t:lowercase,t:removeNulls',
    ],
    ['ARGS "@rx union" "id:1,phase:2,t:uppercase"', '@rx looks for bytes that no value has after t:uppercase'],
    [
      'ARGS "@contains Union" "id:1,phase:2,t:lowercase"',
      '@contains looks for bytes that no value has after t:lowercase',
    ],
    [
      'ARGS "@rx union\\sselect" "id:1,phase:2,t:removeWhitespace"',
      '@rx looks for bytes that no value has after t:removeWhitespace',
    ],
    [
      'ARGS "@contains a b" "id:1,phase:2,t:removeWhitespace"',
      '@contains looks for bytes that no value has after t:removeWhitespace',
    ],
    ['ARGS "@rx \\x00" "id:1,phase:2,t:removeNulls"', '@rx looks for bytes that no value has after t:removeNulls'],
    ['ARGS "@rx [g-z]" "id:1,phase:2,t:hexEncode"', '@rx looks for bytes that no value has after t:hexEncode'],
    [
      'ARGS "@containsWord Foo" "id:1,phase:2,t:lowercase"',
      '@containsWord looks for bytes that no value has after t:lowercase',
    ],
    [
      'REQUEST_METHOD "@within GET HEAD" "id:1,phase:1,t:lowercase"',
      '@within looks for bytes that no value has after t:lowercase',
    ],
    [
      'ARGS "@rx a\\tb" "id:1,phase:2,t:compressWhitespace"',
      '@rx looks for bytes that no value has after t:compressWhitespace',
    ],
    ['ARGS "@contains a;b" "id:1,phase:2,t:cmdLine"', '@contains looks for bytes that no value has after t:cmdLine'],
    ['ARGS "@rx a\\x00" "id:1,phase:2,t:replaceNulls"', '@rx looks for bytes that no value has after t:replaceNulls'],
    [
      'ARGS "@contains <b>" "id:1,phase:2,t:urlEncode"',
      '@contains looks for bytes that no value has after t:urlEncode',
    ],
    [
      'ARGS "@streq a-b" "id:1,phase:2,t:base64Encode"',
      '@streq looks for bytes that no value has after t:base64Encode',
    ],
    ['ARGS "@within a,b|c" "id:1,phase:2,t:uppercase"', '@within looks for bytes that no value has after t:uppercase'],
    [
      'ARGS "@containsWord a b" "id:1,phase:2,t:removeWhitespace"',
      '@containsWord looks for bytes that no value has after t:removeWhitespace',
    ],
    ['TX:anomoly_score "@ge 5" "id:1,phase:2"', 'TX:anomoly_score is set by no rule'],
  ];
  for (const [rule, reason] of never) {
    it(`reports ${rule}`, async () => expect(await noticesOf(`SecRule ${rule}`)).toStrictEqual([reason]));
  }

  const sometimes = [
    'REQUEST_BODY "@rx a" "id:1,phase:2"',
    'ARGS|REQUEST_BODY "@rx a" "id:1,phase:1"',
    'RESPONSE_BODY "@rx a" "id:1,phase:5"',
    '&ARGS_POST "@eq 0" "id:1,phase:1"',
    'REQUEST_BODY "!@rx a" "id:1,phase:1"',
    'ARGS "@rx (?i)UNION" "id:1,phase:2,t:lowercase"',
    'ARGS "@rx union|UNION" "id:1,phase:2,t:lowercase"',
    'ARGS "@pm UNION" "id:1,phase:2,t:lowercase"',
    'ARGS "@rx UNION" "id:1,phase:2,t:lowercase,t:base64Decode"',
    'ARGS "@rx UNION" "id:1,phase:2,t:lowercase,multiMatch"',
    'ARGS "@rx [A-Z]?a" "id:1,phase:2,t:lowercase"',
    'ARGS "@rx a\\sb" "id:1,phase:2,t:compressWhitespace"',
    'ARGS "@rx ^c[a^]t /etc" "id:1,phase:2,t:cmdLine"',
    'ARGS "@rx a\\x20b" "id:1,phase:2,t:removeNulls,t:replaceNulls"',
    'ARGS "@rx %2f\\+" "id:1,phase:2,t:urlEncode"',
    'ARGS "@rx ^[A-Z]+==$" "id:1,phase:2,t:base64Encode"',
    'ARGS "@containsWord foo" "id:1,phase:2,t:lowercase"',
    'ARGS "@containsWord Foo" "id:1,phase:2,t:lowercase,multiMatch"',
    'ARGS "@within GET head" "id:1,phase:2,t:lowercase"',
    'ARGS "!@within GET HEAD" "id:1,phase:2,t:lowercase"',
    'ARGS "@within a b" "id:1,phase:2,t:removeWhitespace"',
    'ARGS "!@rx UNION" "id:1,phase:2,t:lowercase"',
    'ARGS "@rx a b" "id:1,phase:2,t:compressWhitespace"',
    '&TX:anomoly_score "@eq 0" "id:1,phase:2"',
    'TX:1 "@rx a" "id:1,phase:2"',
    'TX:/score/ "@ge 5" "id:1,phase:2"',
    'TX:score_a "@ge 5" "id:1,phase:2,setvar:tx.score_a=1"',
    'TX:score_a "@ge 5" "id:1,phase:2,setvar:tx.score_%{MATCHED_VAR}=1"',
  ];
  for (const rule of sometimes) {
    it(`reports nothing for ${rule}`, async () => expect(await noticesOf(`SecRule ${rule}`)).toStrictEqual([]));
  }

  it.skipIf(crsMissing)('reports nothing for the CRS', async () => {
    const plan = await loadPlan([crsFolder], { cacheFolder: `${import.meta.dirname}/../../.cache/pattern-sets` });
    closePlan(plan);
    const problems = plan.diagnostics.problems.filter(({ reason }) => reason.startsWith('it can never match'));
    expect(problems.map(({ ruleId, reason }) => `${ruleId}: ${reason}`)).toStrictEqual([]);
  });
});
