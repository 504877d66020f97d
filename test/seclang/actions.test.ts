import { describe, expect, it } from 'vitest';
import { parseActions } from '../../src/seclang/actions.ts';
import type { Action } from '../../src/seclang/ast.ts';
import { PlacedText } from '../../src/seclang/lexer.ts';
import { SeclangError } from '../../src/seclang/seclang-error.ts';

const at = { file: 'x.conf', line: 1, column: 1 };

function parse(text: string): readonly Action[] {
  return parseActions(new PlacedText(text, at));
}

function short({ name, value }: Action): string {
  return value === undefined ? name : `${name}=${value}`;
}

const good: readonly (readonly [text: string, expected: readonly string[]])[] = [
  ['', []],
  ['id:1,phase:2,deny', ['id=1', 'phase=2', 'deny']],
  ['  id:1 ,\t phase: 2 , deny ', ['id=1', 'phase=2', 'deny']],
  ['id:1,,deny,', ['id=1', 'deny']],
  ["id:'1'", ['id=1']],
  ["msg:'a, b: c',tag:x", ['msg=a, b: c', 'tag=x']],
  ["msg:'it\\'s \\x \\\\'", ["msg=it's \\x \\\\"]],
  ["msg:''", ['msg=']],
  ["msg:a'b", ["msg=a'b"]],
  ['MULTIMATCH,SkipAfter:END', ['multiMatch', 'skipAfter=END']],
  ['t:LOWERCASE,t:normalisePath,t:none', ['t=lowercase', 't=normalizePath', 't=none']],
  ["t:'lowercase'", ['t=lowercase']],
  ["setvar:'tx.a_%{tx.0}=/%{tx.0}/'", ['setvar=tx.a_%{tx.0}=/%{tx.0}/']],
  ['setvar:tx.a=+%{tx.b}', ['setvar=tx.a=+%{tx.b}']],
  ['setvar:!tx.a', ['setvar=!tx.a']],
  ['ctl:RULEREMOVEBYID=1-2', ['ctl=ruleRemoveById=1-2']],
  ['ctl:ruleRemoveTargetByTag=a;ARGS:b', ['ctl=ruleRemoveTargetByTag=a;ARGS:b']],
  ['allow,allow:phase', ['allow', 'allow=phase']],
  ['sanitizeArg:a', ['sanitiseArg=a']],
  ['redirect:http://a/b?c', ['redirect=http://a/b?c']],
  ['tag:\xa0', ['tag=\xa0']],
];

const bad: readonly (readonly [text: string, column: number, message: RegExp, offending: string])[] = [
  ['id:1,foo', 6, /unknown action "foo"/, 'foo'],
  [
    'ctl:ruleRemoveTargetById=2;ARGS:/a{1,2}/',
    38,
    /unknown action "2}\/"; if this belongs to the value of ctl, .*: ctl:'…'$/,
    '2}/',
  ],
  ['ctl:ruleRemoveTargetById=2;ARGS:/^a/,2', 38, /unknown action "2"$/, '2'],
  ['ctl:ruleRemoveTargetById=2;ARGS:a,2', 35, /unknown action "2"$/, '2'],
  ['msg:a, b', 8, /unknown action "b"; if this belongs to the value of msg, .*: msg:'…'$/, 'b'],
  ["msg:'a', b", 10, /unknown action "b"$/, 'b'],
  ['tag:a,dney', 7, /unknown action "dney"; if this belongs to the value of tag/, 'dney'],
  ['tag:a,pas', 7, /unknown action "pas", did you mean pass\?$/, 'pas'],
  ['setvar:tx.a=b,c', 15, /unknown action "c"; if this belongs to the value of setvar/, 'c'],
  ['msg:a,deny,foo', 12, /unknown action "foo"$/, 'foo'],
  ['id:1,phas:2', 6, /unknown action "phas", did you mean phase\?/, 'phas'],
  ['id:1,msg', 6, /action msg needs a value/, 'msg'],
  ['id:,deny', 1, /the value of action id is empty/, 'id:'],
  ['deny:1', 6, /action deny takes no value, found "1"/, '1'],
  ['id:1,t:foo', 8, /unknown transformation "foo"/, 'foo'],
  ["id:1,t:'lowercas'", 9, /unknown transformation "lowercas", did you mean lowercase\?/, 'lowercas'],
  ['ctl:foo=1', 5, /unknown ctl option "foo"/, 'foo'],
  ['ctl:ruleEngine', 5, /ctl needs option=value, found "ruleEngine"/, 'ruleEngine'],
  ["id:1,msg:'a", 10, /quote ' is not closed in the action list/, "'a"],
  ["id:1,msg:'a'b,deny", 13, /expected a comma after the closing quote ', found "b,deny"/, 'b,deny'],
  [':1', 1, /unknown action ""/, ''],
];

describe('parseActions', () => {
  for (const [text, expected] of good) {
    it(`reads ${text === '' ? 'nothing' : text}`, () => expect(parse(text).map(short)).toStrictEqual(expected));
  }

  for (const [text, column, message, offending] of bad) {
    it(`refuses ${text} at column ${column}`, () => {
      expect(() => parse(text)).toThrow(
        expect.toSatisfy((error) => {
          expect.assert(error instanceof SeclangError);
          expect(error.message).toMatch(message);
          expect(error.location.column).toBe(column);
          expect(error.text).toBe(offending);
          return true;
        }),
      );
    });
  }

  it('locates each action at its name', () => {
    const found = parse("id:1, msg:'a,b',deny").map((action) => action.location.column);
    expect(found).toStrictEqual([1, 7, 17]);
  });

  it('parses long lists', () => {
    expect(parse('tag:a,'.repeat(200_000)).length).toBe(200_000);
    expect(parse(`msg:a${' '.repeat(1_000_000)}b`).length).toBe(1);
  });
});
