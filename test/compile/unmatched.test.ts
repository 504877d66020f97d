import { describe, expect, it } from 'vitest';
import { Pace } from '../../src/base/pace.ts';
import { runAtOnce } from '../../src/base/turn.ts';
import { RuleCatalog } from '../../src/compile/rule-catalog.ts';
import { type Unmatched, unmatchedReferences } from '../../src/compile/unmatched.ts';
import { parseRuleText } from '../../src/seclang/parser.ts';

const rules = `SecRule ARGS|REQUEST_URI "@rx a" "id:10,phase:2,deny,tag:'app/wp_core',msg:'First one',chain"
SecRule ARGS_NAMES "@rx b" "tag:'second'"
SecAction "id:20,phase:1,pass"
`;

function unmatched(text: string, stepsMax?: number): readonly Unmatched[] {
  const { file, errors } = parseRuleText('a.conf', rules + text);
  expect(errors).toStrictEqual([]);
  const pace = new Pace();
  const catalog = runAtOnce(RuleCatalog.of(file.statements, pace, stepsMax));
  return runAtOnce(unmatchedReferences(file.statements, catalog, pace));
}

function reasons(text: string): readonly string[] {
  return unmatched(text).map(({ location, ruleId, reason }) => {
    expect(location.file).toBe('a.conf');
    expect(location.line, 'the place is that of the removal').toBeGreaterThanOrEqual(4);
    return ruleId === undefined ? reason : `${ruleId} ${reason}`;
  });
}

const control = (ctl: string): string => `SecAction "id:30,phase:1,pass,ctl:${ctl}"`;

describe('unmatchedReferences', () => {
  const silent = [
    'SecRuleRemoveById 10',
    'SecRuleRemoveById "10,20" 5-15',
    'SecRuleRemoveByTag wp_core',
    'SecRuleRemoveByTag ^second$',
    'SecRuleRemoveByMsg "^First o"',
    'SecRuleUpdateTargetById 10 "!ARGS:a"',
    'SecRuleUpdateTargetById 10:1 "!ARGS_NAMES:a"',
    'SecRuleUpdateTargetById 10 "QUERY_STRING"\nSecRuleUpdateTargetById 10 "!QUERY_STRING"',
    'SecRuleUpdateTargetByTag wp_core "!ARGS:a"',
    'SecRuleUpdateTargetByMsg First "!ARGS:a"',
    'SecRuleUpdateActionById 20 "status:404"',
    control('ruleRemoveById=10'),
    control('ruleRemoveById=1-100'),
    control('ruleRemoveByTag=app/'),
    control('ruleRemoveByMsg=one$'),
    control('ruleRemoveTargetById=10;ARGS:a'),
    control('ruleRemoveTargetByTag=second;ARGS_NAMES'),
    control('ruleEngine=Off'),
    'SecRuleEngine On',
  ];
  for (const text of silent) it(`reports nothing for ${text}`, () => expect(reasons(text)).toStrictEqual([]));

  const told: readonly (readonly [string, string])[] = [
    ['SecRuleRemoveById 11', 'SecRuleRemoveById: no rule is selected by "11"'],
    ['SecRuleRemoveById 10 11 30-40', 'SecRuleRemoveById: no rule is selected by "11", "30-40"'],
    ['SecRuleRemoveByTag WP_CORE', 'SecRuleRemoveByTag: no rule is selected by "WP_CORE"'],
    ['SecRuleRemoveByTag wp_core wp_cron', 'SecRuleRemoveByTag: no rule is selected by "wp_cron"'],
    ['SecRuleRemoveByMsg "Second one"', 'SecRuleRemoveByMsg: no rule is selected by "Second one"'],
    ['SecRuleUpdateTargetById 11 "!ARGS:a"', 'SecRuleUpdateTargetById: no rule is selected by "11"'],
    ['SecRuleUpdateTargetById 10:2 "!ARGS:a"', 'SecRuleUpdateTargetById: the chain has no link 2'],
    [
      'SecRuleUpdateTargetById 10 "!REQUEST_COOKIES:a"',
      'SecRuleUpdateTargetById: nothing is removed: no such rule looks at REQUEST_COOKIES',
    ],
    ['SecRuleUpdateTargetByTag nope "ARGS"', 'SecRuleUpdateTargetByTag: no rule is selected by "nope"'],
    ['SecRuleUpdateTargetByMsg nope "ARGS"', 'SecRuleUpdateTargetByMsg: no rule is selected by "nope"'],
    ['SecRuleUpdateActionById 11 "pass"', 'SecRuleUpdateActionById: no rule is selected by "11"'],
    [control('ruleRemoveById=11'), '30 ctl:ruleRemoveById: no rule is selected by "11"'],
    [control('ruleRemoveByTag=nope'), '30 ctl:ruleRemoveByTag: no rule is selected by "nope"'],
    [control('ruleRemoveByMsg=nope'), '30 ctl:ruleRemoveByMsg: no rule is selected by "nope"'],
    [control('ruleRemoveTargetById=11;ARGS:a'), '30 ctl:ruleRemoveTargetById: no rule is selected by "11"'],
    [
      control('ruleRemoveTargetByTag=wp_core;REQUEST_BODY'),
      '30 ctl:ruleRemoveTargetByTag: nothing is removed: no such rule looks at REQUEST_BODY',
    ],
    [control('ruleRemoveTargetByMsg=nope;ARGS'), '30 ctl:ruleRemoveTargetByMsg: no rule is selected by "nope"'],
  ];
  for (const [text, reason] of told) it(`reports ${text}`, () => expect(reasons(text)).toStrictEqual([reason]));

  it('ignores what cannot be parsed', () => {
    expect(reasons('SecRuleRemoveById abc\nSecRuleRemoveByTag "("')).toStrictEqual([]);
  });

  it('reports where it stopped, at the limit of steps', () => {
    const text =
      control('ruleRemoveByTag=nope') + '\nSecRuleRemoveByTag .\nSecRuleRemoveByTag ..\nSecRuleRemoveByTag nope2\n';
    const [first, second, ...more] = unmatched(text, 3);
    expect(first?.reason).toBe('ctl:ruleRemoveByTag: no rule is selected by "nope"');
    expect(second).toMatchObject({
      location: { line: 5 },
      reason: expect.stringMatching(/^SecRuleRemoveByTag: from here on it is not checked .* takes more than 3 steps/),
    });
    expect(more).toStrictEqual([]);
  });
});
