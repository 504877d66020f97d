import { describe, expect, it } from 'vitest';
import { failureCauses } from '../../src/base/failure-table.ts';
import { compileControl, failureNames, rulesById, rulesByMessage, rulesByTag } from '../../src/compile/rule-control.ts';
import { expectToBe } from '../support/narrow.ts';

const rule = { id: 942100, tags: ['OWASP_CRS', 'attack-sqli'], messageText: 'SQL Injection' };

describe('rulesById', () => {
  it('takes ids and ranges', () => {
    expect(rulesById('942100')(rule)).toBeTruthy();
    expect(rulesById('1,942000-942999')(rule)).toBeTruthy();
    expect(rulesById('942101-942999')(rule)).toBeFalsy();
  });

  it('refuses anything else', () =>
    expect(() => rulesById('9421xx')).toThrow(expect.objectContaining({ code: 'seclang.syntax' })));
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
      expect(rulesByTag(expression)(own), 'tag').toBe(byTag);
      expect(rulesByMessage(expression)(own), 'message').toBe(byMessage);
    });
  }

  it('reject expressions that cannot be searched in linear time, invalid ones, and empty ones', () => {
    for (const by of [rulesByTag, rulesByMessage]) {
      expect(() => by('a(?=b)')).toThrow(
        expect.objectContaining({ code: 'seclang.unsupported', message: expect.stringMatching(/column 2/) }),
      );
      expect(() => by('(')).toThrow(expect.objectContaining({ code: 'seclang.syntax' }));
      expect(() => by('')).toThrow(
        expect.objectContaining({ code: 'seclang.syntax', message: expect.stringMatching(/selects every rule/) }),
      );
    }
  });
});

describe('compileControl', () => {
  it('splits rules and target', () => {
    const effect = compileControl('ruleRemoveTargetById', '942100;ARGS:pass');
    expectToBe(effect.kind, 'targetRemove');
    expectToBe(effect.target.variable, 'ARGS');
    expect(effect.target.selector?.accepts('pass')).toBeTruthy();
    expect(effect.rules(rule)).toBeTruthy();
  });

  it('takes a target without key and an expression as key', () => {
    const whole = compileControl('ruleRemoveTargetByTag', 'attack-sqli;ARGS_NAMES');
    expect(whole.kind === 'targetRemove' && whole.target.selector === undefined).toBe(true);
    const some = compileControl('ruleRemoveTargetByTag', 'attack-sqli;ARGS:/^json\\.\\d+/');
    expect(some.kind === 'targetRemove' && some.target.selector?.accepts('json.7.x')).toBeTruthy();
  });

  it('keeps switches as they are written', () => {
    expect(compileControl('ruleEngine', 'Off')).toStrictEqual({ kind: 'control', name: 'ruleEngine', value: 'Off' });
  });

  it('refuses values that an option does not accept', () => {
    for (const [name, value] of [
      ['ruleEngine', 'DetectOnly'],
      ['requestBodyAccess', 'yes'],
      ['auditEngine', '1'],
      ['requestBodyProcessor', ''],
    ] as const) {
      expect(() => compileControl(name, value), name).toThrow(
        expect.objectContaining({ code: 'seclang.syntax', message: expect.stringMatching(/does not accept/) }),
      );
    }
    expect(() => compileControl('auditLogParts', '+E')).not.toThrow();
  });

  it('reads the action for a failure', () => {
    expect(compileControl('onFailure', 'limit.body=detect')).toStrictEqual({
      ...{ kind: 'onFailure', cause: 'limit.body', action: 'detect' },
    });
    for (const value of [
      'parse',
      'parse=pass',
      'parsing=allow',
      'timeout=allow',
      'internal=allow',
      'overload=allow',
      'quarantine=allow',
      'profile=allow',
      'route=allow',
      '',
    ]) {
      expect(() => compileControl('onFailure', value), value).toThrow(
        expect.objectContaining({ code: 'seclang.syntax', message: expect.stringMatching(/cause=action/) }),
      );
    }
    // These fail before rules run, or while they cannot.
    const beyondRules: readonly string[] = ['timeout', 'overload', 'quarantine', 'internal', 'profile', 'route'];
    expect(failureNames).toStrictEqual(failureCauses.filter((cause) => !beyondRules.includes(cause)));
  });

  it('refuses what it does not know', () => {
    expect(() => compileControl('unknownThing', '1')).toThrow(expect.objectContaining({ code: 'seclang.unsupported' }));
    expect(() => compileControl('ruleRemoveTargetById', '942100')).toThrow(
      expect.objectContaining({ code: 'seclang.syntax' }),
    );
  });
});
