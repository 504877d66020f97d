import { describe, expect, it } from 'vitest';
import { identityOf, UpdateList } from '../../src/compile/updates.ts';
import type { Rule } from '../../src/seclang/ast.ts';
import { parseRuleText } from '../../src/seclang/parser.ts';
import { expectToBe } from '../support/narrow.ts';

const text = `SecRule ARGS|REQUEST_URI "@rx a" "id:10,phase:2,deny,status:403,t:lowercase,tag:'attack/one',msg:'First one',chain"
SecRule ARGS:b "@rx b" "tag:'second'"
`;

/** The rule after directives, in short. */
function updated(directives: string): Rule | undefined {
  const updates = new UpdateList();
  const { file, errors } = parseRuleText('a.conf', text + directives);
  expect(errors).toStrictEqual([]);
  for (const statement of file.statements)
    if (statement.kind === 'directive') expect(updates.add(statement)).toBeTruthy();
  return updates.apply(file.statements[0] as Rule);
}

const variablesOf = (rule: Rule | undefined) =>
  rule?.variables.map((variable) => `${variable.mode === 'exclude' ? '!' : ''}${variable.name}`);

describe('identityOf', () => {
  it('takes tags of all links', () => {
    const rule = parseRuleText('a.conf', text).file.statements[0] as Rule;
    expect(identityOf(rule)).toStrictEqual({ id: 10, tags: ['attack/one', 'second'], messageText: 'First one' });
  });
});

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

  it('replaces actions of one kind and adds to those that come in numbers', () => {
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

  it('refuses to change an id', () => {
    expect(() => updated('SecRuleUpdateActionById 10 "id:11"')).toThrow(
      expect.objectContaining({ code: 'seclang.syntax' }),
    );
  });

  it('does not take other directives', () => {
    const { file } = parseRuleText('a.conf', 'SecRuleEngine On\n');
    const [statement] = file.statements;
    expectToBe(statement?.kind, 'directive');
    expect(new UpdateList().add(statement)).toBe(false);
  });
});
