import { describe, expect, it } from 'vitest';
import { Pace } from '../../src/base/pace.ts';
import { runAtOnce } from '../../src/base/turn.ts';
import { RuleCatalog } from '../../src/compile/rule-catalog.ts';
import { isRemoval, isUpdate, UpdateList } from '../../src/compile/updates.ts';
import type { Rule } from '../../src/seclang/ast.ts';
import { parseRuleText } from '../../src/seclang/parser.ts';

const text = `SecRule ARGS|REQUEST_URI "@rx a" "id:10,phase:2,deny,status:403,t:lowercase,tag:'attack/one',msg:'First one',chain"
SecRule ARGS:b "@rx b" "tag:'second'"
`;

/** The first rule of a text, changed by the directives after it. */
function updated(directives: string, rules = text): Rule | undefined {
  const { file, errors } = parseRuleText('a.conf', rules + directives);
  expect(errors).toStrictEqual([]);
  const catalog = runAtOnce(RuleCatalog.of(file.statements, new Pace()));
  const updates = new UpdateList(catalog);
  for (const statement of file.statements) if (isUpdate(statement)) runAtOnce(updates.add(statement));
  return updates.apply(catalog.rules[0] as Rule);
}

const variablesOf = (rule: Rule | undefined) =>
  rule?.variables.map((variable) => `${variable.mode === 'exclude' ? '!' : ''}${variable.name}`);

describe('UpdateList', () => {
  for (const directive of [
    'SecRuleRemoveById 10',
    'SecRuleRemoveById 5 8-12',
    'SecRuleRemoveByTag attack/one',
    'SecRuleRemoveByTag attack',
    'SecRuleRemoveByTag ^attack/o',
    'SecRuleRemoveByTag other attack/one',
    'SecRuleRemoveByMsg other "First one"',
    'SecRuleRemoveByMsg "^First"',
  ]) {
    it(`removes with ${directive}`, () => expect(updated(directive)).toBe(undefined));
  }

  for (const directive of ['SecRuleRemoveById 11-20', 'SecRuleRemoveByTag ATTACK', 'SecRuleRemoveByMsg ^one']) {
    it(`keeps with ${directive}`, () => expect(updated(directive)).not.toBe(undefined));
  }

  it('adds targets and exclusions to the rule that starts the chain', () => {
    const rule = updated('SecRuleUpdateTargetById 10 "!ARGS:pass|REQUEST_COOKIES"');
    expect(variablesOf(rule)).toStrictEqual(['ARGS', 'REQUEST_URI', '!ARGS', 'REQUEST_COOKIES']);
    expect(variablesOf(rule?.links[0])).toStrictEqual(['ARGS']);
  });

  it('replaces a target', () => {
    expect(variablesOf(updated('SecRuleUpdateTargetById 10 QUERY_STRING ARGS'))).toStrictEqual([
      'REQUEST_URI',
      'QUERY_STRING',
    ]);
  });

  it('updates a link by its number', () => {
    const rule = updated('SecRuleUpdateTargetById 10:1 "!ARGS:c"');
    expect(variablesOf(rule)).toStrictEqual(['ARGS', 'REQUEST_URI']);
    expect(variablesOf(rule?.links[0])).toStrictEqual(['ARGS', '!ARGS']);
  });

  it('replaces single actions and adds to repeatable ones', () => {
    const rule = updated(`SecRuleUpdateActionById 10 "pass,status:500,t:none,t:urlDecode,tag:'more'"`);
    const actions = rule?.actions.map((action) => `${action.name}:${action.value ?? ''}`);
    expect(actions).toStrictEqual([
      'id:10',
      'phase:2',
      'tag:attack/one',
      'msg:First one',
      'chain:',
      'pass:',
      'status:500',
      't:none',
      't:urlDecode',
      'tag:more',
    ]);
  });

  for (const actions of ['id:11', 'phase:1', 'id:10,phase:3']) {
    it(`refuses to change ${actions}`, () =>
      expect(() => updated(`SecRuleUpdateActionById 10 "${actions}"`)).toThrow(
        expect.objectContaining({ code: 'seclang.syntax' }),
      ));
  }

  it('refuses to make a rule the beginning of a chain, or a last link an inner one', () => {
    for (const directive of ['20 "block,chain"', '10:1 "pass,chain"', '5-30 "pass,chain"']) {
      const rules = `${text}SecAction "id:20,pass"\n`;
      expect(() => updated(`SecRuleUpdateActionById ${directive}`, rules)).toThrow(/chain of a rule cannot be updated/);
    }
  });

  for (const actions of ['block,chain', 'chain,block', 'block,id:10,phase:2,chain']) {
    it(`accepts ${actions} for a rule that has it itself, as ModSecurity 2 requires it to be written`, () => {
      const rule = updated(`SecRuleUpdateActionById 10 "${actions}"`);
      const names = rule?.actions.map(({ name }) => name);
      expect(names).toStrictEqual(['id', 'phase', 'status', 't', 'tag', 'msg', 'chain', 'block']);
    });
  }

  const ordered: readonly (readonly [string, string, readonly string[]])[] = [
    ['an exclusion twice', '10 "!ARGS:a"\n10 "!ARGS:a"', ['ARGS', 'REQUEST_URI', '!ARGS']],
    ['exclusions of two names', '10 "!ARGS:a"\n10 "!ARGS:b"', ['ARGS', 'REQUEST_URI', '!ARGS', '!ARGS']],
    [
      'an exclusion that was replaced, again',
      '10 "!ARGS:a"\n10 "!ARGS:b" "ARGS:a"\n10 "!ARGS:a"',
      ['ARGS', 'REQUEST_URI', '!ARGS', '!ARGS'],
    ],
    ['a target that was replaced, again', '10 "FILES" "ARGS"\n10 "ARGS"', ['REQUEST_URI', 'FILES', 'ARGS']],
    ['a target twice: its values count twice', '10 "FILES"\n10 "FILES"', ['ARGS', 'REQUEST_URI', 'FILES', 'FILES']],
    [
      'replaced in the order of the file',
      '10 "FILES" "ARGS"\n10 "QUERY_STRING" "FILES"',
      ['REQUEST_URI', 'QUERY_STRING'],
    ],
  ];
  for (const [name, updates, expected] of ordered) {
    it(`puts targets together in order: ${name}`, () => {
      const directives = updates.replace(/^/gm, 'SecRuleUpdateTargetById ');
      expect(variablesOf(updated(directives))).toStrictEqual(expected);
    });
  }

  it('puts actions together in order', () => {
    const list = ['pass', 'deny,status:500', "msg:'a',tag:'x'", "msg:'b',tag:'x'", 't:none,t:trim', 't:length'];
    const rule = updated(list.map((actions) => `SecRuleUpdateActionById 10 "${actions}"`).join('\n'));
    const actions = rule?.actions.map(({ name, value }) => (value === undefined ? name : `${name}:${value}`));
    expect(actions?.slice(2)).toStrictEqual([
      'tag:attack/one',
      'chain',
      'deny',
      'status:500',
      'tag:x',
      'msg:b',
      'tag:x',
      't:length',
    ]);
  });

  it('removes a rule whatever updates precede or follow', () => {
    expect(
      updated('SecRuleUpdateTargetById 10 "!ARGS:a"\nSecRuleRemoveById 10\nSecRuleUpdateActionById 10 "pass"'),
    ).toBe(undefined);
  });

  it('knows which directives are updates', () => {
    const { file } = parseRuleText('a.conf', 'SecRuleEngine On\nSecRuleRemoveById 1\nSecRuleUpdateTargetById 1 ARGS\n');
    const found = file.statements.map((one) => isUpdate(one) && (isRemoval(one) ? 'removal' : 'update'));
    expect(found).toStrictEqual([false, 'removal', 'update']);
  });
});
