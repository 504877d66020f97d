import { describe, expect, it } from 'vitest';
import { lintStatements } from '../../src/lint/lint-rules.ts';
import { parseRuleText } from '../../src/seclang/parser.ts';

const kindsOf = (text: string): readonly string[] => {
  const { file, errors } = parseRuleText('a.conf', text);
  expect(errors).toStrictEqual([]);
  return lintStatements(file.statements).map(({ kind, line, column }) => `${line}:${column} ${kind}`);
};
const all = 'ARGS|ARGS_NAMES|REQUEST_COOKIES|REQUEST_COOKIES_NAMES|FILES';
const texts = "msg:'m',tag:'t'";

describe('lintStatements', () => {
  it('finds nothing wrong with a plain rule, nor with what only sets up', () => {
    expect(kindsOf(`SecRule ${all} "@rx a" "id:1,phase:2,deny,t:none,${texts}"`)).toStrictEqual([]);
    expect(
      kindsOf('SecAction "id:1,phase:1,nolog,pass,setvar:tx.a=1"\nSecRule TX:a "@eq 1" "id:2,nolog,pass"'),
    ).toStrictEqual([]);
  });

  const cases: readonly (readonly [what: string, text: string, found: readonly string[]])[] = [
    ['t:none that is missing', `SecRule ${all} "@rx a" "id:1,deny,${texts}"`, ['1:1 transform-none']],
    [
      't:none that comes too late',
      `SecRule ${all} "@rx a" "id:1,deny,t:lowercase,t:none,${texts}"`,
      ['1:1 transform-none'],
    ],
    [
      't:none that a link lacks',
      `SecRule ${all} "@rx a" "id:1,deny,t:none,chain,${texts}"\nSecRule ARGS_NAMES "@rx b" ""`,
      ['2:1 transform-none'],
    ],
    [
      'a capture that nobody reads',
      `SecRule ${all} "@rx (a)" "id:1,deny,t:none,capture,${texts}"`,
      ['1:1 capture-unused'],
    ],
    [
      'a capture that a text shows',
      `SecRule ${all} "@rx (a)" "id:1,deny,t:none,capture,logdata:'%{TX.0}',${texts}"`,
      [],
    ],
    [
      'a capture that a link reads',
      `SecRule ${all} "@rx (a)" "id:1,deny,t:none,capture,chain,${texts}"\nSecRule TX:1 "@eq 1" ""`,
      [],
    ],
    [
      'a capture that a later rule reads',
      `SecRule ${all} "@rx (a)" "id:1,deny,t:none,capture,${texts}"\nSecRule TX:1 "@eq 1" "id:2,nolog,pass"`,
      [],
    ],
    ['a rule that says nothing', `SecRule ${all} "@rx a" "id:1,deny,t:none,tag:'t'"`, ['1:1 message-missing']],
    ['an empty message', `SecRule ${all} "@rx a" "id:1,deny,t:none,tag:'t',msg:''"`, ['1:1 message-missing']],
    ['a rule without tag', `SecRule ${all} "@rx a" "id:1,deny,t:none,msg:'m'"`, ['1:1 tag-missing']],
    ['names that are forgotten', `SecRule ARGS "@rx a" "id:1,deny,t:none,${texts}"`, ['1:1 targets-forgotten']],
    [
      'names of one kind of argument',
      `SecRule ARGS_GET "@rx a" "id:1,deny,t:none,${texts}"`,
      ['1:1 targets-forgotten'],
    ],
    ['names of all kinds', `SecRule ARGS_GET|ARGS_NAMES "@rx a" "id:1,deny,t:none,${texts}"`, []],
    ['content of files', `SecRule REQUEST_BODY "@rx a" "id:1,deny,t:none,${texts}"`, ['1:1 targets-forgotten']],
    [
      'content of files beside the body',
      `SecRule REQUEST_BODY|FILES_TMP_CONTENT "@rx a" "id:1,deny,t:none,${texts}"`,
      [],
    ],
    ['fields beside the body', `SecRule REQUEST_BODY|${all} "@rx a" "id:1,deny,t:none,${texts}"`, []],
    ['a tag with a blank', `SecRule ${all} "@rx a" "id:1,deny,t:none,msg:'m',tag:'a b'"`, ['1:1 tag-odd']],
    ['an empty tag', `SecRule ${all} "@rx a" "id:1,deny,t:none,msg:'m',tag:''"`, ['1:1 tag-odd']],
    [
      'a tag as long as a text',
      `SecRule ${all} "@rx a" "id:1,deny,t:none,msg:'m',tag:'${'a'.repeat(101)}'"`,
      ['1:1 tag-odd'],
    ],
    [
      'a tag of Weir',
      `SecRule ${all} "@rx a" "id:1,deny,t:none,msg:'m',tag:'weir/detects-only/canary/x'"`,
      ['1:1 tag-odd'],
    ],
    ['a tag of a pack of Weir', `SecRule ${all} "@rx a" "id:1,deny,t:none,msg:'m',tag:'weir/starter/x'"`, []],
    ['one argument, whose name is known', `SecRule ARGS:id "@rx a" "id:1,deny,t:none,${texts}"`, []],
    ['what must be there', `SecRule ARGS "!@rx a" "id:1,deny,t:none,${texts}"`, []],
  ];
  for (const [what, text, found] of cases) {
    it(`sees ${what}`, () => expect(kindsOf(text)).toStrictEqual(found));
  }
});
