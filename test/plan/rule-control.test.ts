import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failureCauses } from '../../src/decision/failure-mode.ts';
import { compileControl, failureNames, rulesById, rulesByMessage, rulesByTag } from '../../src/plan/rule-control.ts';

const rule = { id: 942100, tags: ['OWASP_CRS', 'attack-sqli'], messageText: 'SQL Injection' };

describe('rulesById', () => {
  it('takes ids and ranges', () => {
    assert.ok(rulesById('942100')(rule));
    assert.ok(rulesById('1,942000-942999')(rule));
    assert.ok(!rulesById('942101-942999')(rule));
  });

  it('refuses anything else', () => assert.throws(() => rulesById('9421xx'), { code: 'seclang.syntax' }));
});

describe('rulesByTag and rulesByMessage', () => {
  const cases: readonly (readonly [expression: string, byTag: boolean, byMessage: boolean])[] = [
    ['OWASP', true, false],
    ['OWASP_CRS', true, false],
    ['owasp', false, false],
    ['(?i)sqli?', true, true],
    ['^attack-', true, false],
    ['^sqli$', false, false],
    ['Injection$', false, true],
    ['SQL Inj.ction', false, true],
    ['^\\xc3\\xa9$', true, false],
    ['^..$', true, false],
    ['^.$', false, false],
  ];
  const own = { ...rule, tags: [...rule.tags, '\xc3\xa9'] };
  for (const [expression, byTag, byMessage] of cases) {
    it(`search for ${expression}`, () => {
      assert.equal(rulesByTag(expression)(own), byTag, 'tag');
      assert.equal(rulesByMessage(expression)(own), byMessage, 'message');
    });
  }

  it('refuse what no linear search can find, what cannot be read, and nothing', () => {
    for (const by of [rulesByTag, rulesByMessage]) {
      assert.throws(() => by('a(?=b)'), { code: 'seclang.unsupported', message: /column 2/ });
      assert.throws(() => by('('), { code: 'seclang.syntax' });
      assert.throws(() => by(''), { code: 'seclang.syntax', message: /selects every rule/ });
    }
  });
});

describe('compileControl', () => {
  it('splits rules and target', () => {
    const effect = compileControl('ruleRemoveTargetById', '942100;ARGS:pass');
    assert.ok(effect.kind === 'targetRemove');
    assert.equal(effect.target.variable, 'ARGS');
    assert.ok(effect.target.selector?.accepts('pass'));
    assert.ok(effect.rules(rule));
  });

  it('takes a target without key and an expression as key', () => {
    const whole = compileControl('ruleRemoveTargetByTag', 'attack-sqli;ARGS_NAMES');
    assert.ok(whole.kind === 'targetRemove' && whole.target.selector === undefined);
    const some = compileControl('ruleRemoveTargetByTag', 'attack-sqli;ARGS:/^json\\.\\d+/');
    assert.ok(some.kind === 'targetRemove' && some.target.selector?.accepts('json.7.x'));
  });

  it('keeps switches as they are written', () => {
    assert.deepEqual(compileControl('ruleEngine', 'Off'), { kind: 'control', name: 'ruleEngine', value: 'Off' });
  });

  it('refuses values that an option does not take', () => {
    for (const [name, value] of [
      ['ruleEngine', 'DetectOnly'],
      ['requestBodyAccess', 'yes'],
      ['auditEngine', '1'],
      ['requestBodyProcessor', ''],
    ] as const) {
      assert.throws(() => compileControl(name, value), { code: 'seclang.syntax', message: /does not take/ }, name);
    }
    assert.doesNotThrow(() => compileControl('auditLogParts', '+E'));
  });

  it('reads what a failure is to lead to', () => {
    assert.deepEqual(compileControl('onFailure', 'limit.body=detect'), {
      ...{ kind: 'onFailure', cause: 'limit.body', action: 'detect' },
    });
    for (const value of [
      'parse',
      'parse=pass',
      'parsing=allow',
      'timeout=allow',
      'internal=allow',
      'overload=allow',
      '',
    ]) {
      assert.throws(
        () => compileControl('onFailure', value),
        { code: 'seclang.syntax', message: /cause=action/ },
        value,
      );
    }
    assert.deepEqual(
      failureNames,
      failureCauses.filter((cause) => !['timeout', 'overload', 'internal'].includes(cause)),
    );
  });

  it('refuses what it does not know', () => {
    assert.throws(() => compileControl('unknownThing', '1'), { code: 'seclang.unsupported' });
    assert.throws(() => compileControl('ruleRemoveTargetById', '942100'), { code: 'seclang.syntax' });
  });
});
