import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { identityOf, UpdateList } from '../../src/plan/updates.ts';
import type { Rule } from '../../src/seclang/ast.ts';
import { parseRuleText } from '../../src/seclang/parser.ts';

const text = `SecRule ARGS|REQUEST_URI "@rx a" "id:10,phase:2,deny,status:403,t:lowercase,tag:'attack/one',msg:'First one',chain"
SecRule ARGS:b "@rx b" "tag:'second'"
`;

/** The rule after directives, in short. */
function updated(directives: string): Rule | undefined {
  const updates = new UpdateList();
  const { file, errors } = parseRuleText('a.conf', text + directives);
  assert.deepEqual(errors, []);
  for (const statement of file.statements) if (statement.kind === 'directive') assert.ok(updates.add(statement));
  return updates.apply(file.statements[0] as Rule);
}

const variablesOf = (rule: Rule | undefined) =>
  rule?.variables.map((variable) => `${variable.mode === 'exclude' ? '!' : ''}${variable.name}`);

describe('identityOf', () => {
  it('takes tags of all links', () => {
    const rule = parseRuleText('a.conf', text).file.statements[0] as Rule;
    assert.deepEqual(identityOf(rule), { id: 10, tags: ['attack/one', 'second'], messageText: 'First one' });
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
    it(`removes with ${directive}`, () => assert.equal(updated(directive), undefined));
  }

  for (const directive of ['SecRuleRemoveById 11-20', 'SecRuleRemoveByTag ATTACK', 'SecRuleRemoveByMsg ^one']) {
    it(`keeps with ${directive}`, () => assert.notEqual(updated(directive), undefined));
  }

  it('adds targets and exclusions to the rule that starts the chain', () => {
    const rule = updated('SecRuleUpdateTargetById 10 "!ARGS:pass|REQUEST_COOKIES"');
    assert.deepEqual(variablesOf(rule), ['ARGS', 'REQUEST_URI', '!ARGS', 'REQUEST_COOKIES']);
    assert.deepEqual(variablesOf(rule?.links[0]), ['ARGS']);
  });

  it('replaces a target', () => {
    assert.deepEqual(variablesOf(updated('SecRuleUpdateTargetById 10 QUERY_STRING ARGS')), [
      'REQUEST_URI',
      'QUERY_STRING',
    ]);
  });

  it('updates a link by its number', () => {
    const rule = updated('SecRuleUpdateTargetById 10:1 "!ARGS:c"');
    assert.deepEqual(variablesOf(rule), ['ARGS', 'REQUEST_URI']);
    assert.deepEqual(variablesOf(rule?.links[0]), ['ARGS', '!ARGS']);
  });

  it('replaces actions of one kind and adds to those that come in numbers', () => {
    const rule = updated(`SecRuleUpdateActionById 10 "pass,status:500,t:none,t:urlDecode,tag:'more'"`);
    const actions = rule?.actions.map((action) => `${action.name}:${action.value ?? ''}`);
    assert.deepEqual(actions, [
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
    assert.throws(() => updated('SecRuleUpdateActionById 10 "id:11"'), { code: 'seclang.syntax' });
  });

  it('does not take other directives', () => {
    const { file } = parseRuleText('a.conf', 'SecRuleEngine On\n');
    const [statement] = file.statements;
    assert.ok(statement?.kind === 'directive');
    assert.equal(new UpdateList().add(statement), false);
  });
});
